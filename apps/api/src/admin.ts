import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ApiSettings, AppError, CreateKey, readSettings, Scope, Weight } from "@sweepyard/contract";
import {
  backUp,
  connect,
  createKey,
  ensureProject,
  migrate,
  restore,
  setProjectWeight,
} from "@sweepyard/db";
import { z } from "zod";
import { toAppError } from "./problem.js";

const USAGE = `usage: node admin.js <command>, with DATABASE_URL set, and ARTIFACTS_DIR for the last two

  migrate
      brings the database up to date
  create-key --name NAME [--project default] [--scopes read,submit,promote,predict]
             [--expires-days N] [--json]
      makes an API key and prints its secret, which is shown this once
  weigh-project NAME WEIGHT
      gives the project that share of the slots beside others; each has 1 until then
  backup FOLDER [--allow-missing] [--json]
      copies database and files as they are at this moment, while everything goes on
  restore FOLDER [--json]
      brings the newest backup of FOLDER, or that backup, back into an empty database
`;

const Database = ApiSettings.pick({ DATABASE_URL: true });
const Stores = ApiSettings.pick({ DATABASE_URL: true, ARTIFACTS_DIR: true });

async function main(args: string[]): Promise<void> {
  const [command, ...rest] = args;
  switch (command) {
    case "migrate":
      return runMigrate(rest);
    case "create-key":
      return runCreateKey(rest);
    case "weigh-project":
      return runWeighProject(rest);
    case "backup":
      return runBackup(rest);
    case "restore":
      return runRestore(rest);
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(USAGE);
      return;
    default:
      throw new AppError("invalid_request", `${command ?? "no command"} is no command\n${USAGE}`);
  }
}

async function runMigrate(args: string[]): Promise<void> {
  parseArgs({ args, options: {} });
  const { DATABASE_URL } = readSettings(Database, process.env);
  const applied = await migrate(DATABASE_URL, {
    onApplied: (name) => process.stdout.write(`applied ${name}\n`),
  });
  if (applied.length === 0) process.stdout.write("nothing to apply: the database is up to date\n");
}

async function runCreateKey(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      project: { type: "string", default: "default" },
      name: { type: "string" },
      scopes: { type: "string", default: "read,submit,promote,predict" },
      "expires-days": { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const options = CreateKey.extend({
    scopes: z.array(Scope).min(1),
    expiresInDays: z.coerce.number().int().min(1).max(3650).optional(),
  }).parse({
    name: values.name,
    scopes: values.scopes.split(","),
    expiresInDays: values["expires-days"],
  });
  const { DATABASE_URL } = readSettings(Database, process.env);
  const db = connect({ url: DATABASE_URL, pool: 1 });
  try {
    const project = await ensureProject(db, values.project);
    const { key, secret } = await createKey(db, project.id, options);
    if (values.json) process.stdout.write(`${JSON.stringify({ project, key, secret })}\n`);
    else {
      process.stdout.write(`${secret}\n`); // alone, so that a script can catch it
      process.stderr.write(
        `key "${key.name}" of project "${project.name}" with ${key.scopes.join(", ")}; ` +
          "keep it, it is not shown again\n",
      );
    }
  } finally {
    await db.close();
  }
}

async function runWeighProject(args: string[]): Promise<void> {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
  const [name, text, ...others] = positionals;
  const weight = Weight.safeParse(Number(text));
  if (name === undefined || !weight.success || others.length > 0)
    throw new AppError("invalid_request", `name a project and a weight from 0.01 to 100\n${USAGE}`);
  const { DATABASE_URL } = readSettings(Database, process.env);
  const db = connect({ url: DATABASE_URL, pool: 1 });
  try {
    await setProjectWeight(db, name, weight.data);
    process.stdout.write(`project "${name}" has weight ${weight.data}\n`);
  } finally {
    await db.close();
  }
}

async function runBackup(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      "allow-missing": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const stores = readSettings(Stores, process.env);
  const { folder, manifest } = await backUp({
    url: stores.DATABASE_URL,
    artifactsDir: stores.ARTIFACTS_DIR,
    into: theFolder(positionals),
    allowMissing: values["allow-missing"],
    onProgress: showProgress,
  });
  const { tables, files, missing } = manifest;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const lacking = missing.length === 0 ? "" : `, ${missing.length} of them missing`;
  finish(
    values.json ? { folder, ...manifest } : null,
    `${folder}: ${rows} rows of ${tables.length} tables, ${files.count} files${lacking}`,
  );
}

async function runRestore(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const stores = readSettings(Stores, process.env);
  const { folder, manifest, runsQueued } = await restore({
    url: stores.DATABASE_URL,
    artifactsDir: stores.ARTIFACTS_DIR,
    from: theFolder(positionals),
    onProgress: showProgress,
  });
  finish(
    values.json ? { folder, takenAt: manifest.takenAt, runsQueued } : null,
    `restored ${folder}, taken at ${manifest.takenAt}; ${runsQueued} runs that were training are queued again`,
  );
}

function theFolder(positionals: string[]): string {
  const [folder, ...more] = positionals;
  if (folder !== undefined && more.length === 0) return resolve(folder);
  throw new AppError("invalid_request", `one FOLDER is needed\n${USAGE}`);
}

/** One line that is written over, on a terminal only. */
function showProgress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

function finish(json: unknown, text: string): void {
  showProgress("");
  process.stdout.write(json === null ? `${text}\n` : `${JSON.stringify(json)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const isUsage = error instanceof TypeError && "code" in error; // parseArgs names the argument
  const { code, message } = toAppError(error);
  const text = isUsage
    ? error.message
    : code === "internal" && error instanceof Error
      ? error.stack
      : message;
  process.stderr.write(`sweepyard admin: ${text}\n`);
  process.exit(1);
});
