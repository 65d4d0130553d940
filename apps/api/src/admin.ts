import { parseArgs } from "node:util";
import { ApiSettings, AppError, CreateKey, readSettings, Scope } from "@sweepyard/contract";
import { connect, createKey, ensureProject, migrate } from "@sweepyard/db";
import { z } from "zod";
import { toAppError } from "./problem.js";

const USAGE = `usage: node admin.js <command>, with DATABASE_URL set

  migrate
      brings the database up to date
  create-key --name NAME [--project default] [--scopes read,submit,promote,predict]
             [--expires-days N] [--json]
      makes an API key and prints its secret, which is shown this once
`;

const Database = ApiSettings.pick({ DATABASE_URL: true });

async function main(args: string[]): Promise<void> {
  const [command, ...rest] = args;
  switch (command) {
    case "migrate":
      return runMigrate(rest);
    case "create-key":
      return runCreateKey(rest);
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
