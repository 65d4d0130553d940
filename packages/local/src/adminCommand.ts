import { execFile } from "node:child_process";
import { join } from "node:path";
import { AppError } from "@sweepyard/contract";
import { REPOSITORY_ROOT } from "./homeFolder.js";
import { ownWords } from "./ownWords.js";
import { diskFull, isDiskFull } from "./storageError.js";

const ADMIN = join(REPOSITORY_ROOT, "apps", "api", "dist", "admin.js");

/**
 * Runs the API's admin command (migrate, create-key…) and gives what it printed.
 * @throws {AppError} `unavailable` with its last words; `storage_full`.
 */
export function runAdmin(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [ADMIN, ...args], { env }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (isDiskFull(stderr)) return reject(diskFull(env.ARTIFACTS_DIR ?? "the database", error));
      const lines = stderr.trim().split("\n");
      const reason = ownWords(lines) ?? lines.at(-1) ?? error.message;
      reject(new AppError("unavailable", `${args[0]} failed: ${reason}`, { cause: error }));
    });
  });
}
