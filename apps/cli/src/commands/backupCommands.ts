import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { AppError } from "@sweepyard/contract";
import type { Command } from "commander";
import { startFolder } from "../calledFrom.js";
import { findStores } from "../connection.js";
import type { Act, Context } from "../context.js";
import type { ExitCode } from "../failure.js";

/** The API's admin command, beside this app: it has the database's client, which this has not. */
const ADMIN = fileURLToPath(new URL("../../../api/dist/admin.js", import.meta.url));

export function addBackupCommands(program: Command, act: Act): void {
  program
    .command("backup <folder>")
    .description("copy database and files while everything goes on; of files, only new ones")
    .option("--allow-missing", "go on without files that the artifact store lacks")
    .addHelpText(
      "after",
      "\nDATABASE_URL and ARTIFACTS_DIR say of what; else it is what `npm start` runs here.",
    )
    .action(
      act((context: Context, folder: string, { allowMissing }: { allowMissing?: boolean }) =>
        runAdmin(context, ["backup", folder, ...(allowMissing ? ["--allow-missing"] : [])]),
      ),
    );

  program
    .command("restore <folder>")
    .description("bring a backup, or the newest in a folder, back into an empty database")
    .addHelpText(
      "after",
      "\nDATABASE_URL and ARTIFACTS_DIR say where to; start API and workers afterwards.\nThe embedded default restores as it starts: npm start -- --restore <folder>",
    )
    .action(act((context: Context, folder: string) => runAdmin(context, ["restore", folder])));
}

async function runAdmin({ output, signal }: Context, args: string[]): Promise<ExitCode> {
  const { databaseUrl, artifactsDir } = await findStores({ env: process.env, cwd: startFolder });
  if (!existsSync(ADMIN))
    throw new AppError("unavailable", `${ADMIN} is not there: this command needs the API's files`);
  const child = spawn(process.execPath, [ADMIN, ...args, ...(output.json ? ["--json"] : [])], {
    env: { ...process.env, DATABASE_URL: databaseUrl, ARTIFACTS_DIR: artifactsDir },
    stdio: "inherit",
    signal,
  });
  const [code] = (await once(child, "close")) as [number | null];
  return code === 0 ? 0 : 1;
}
