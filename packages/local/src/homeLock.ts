import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@sweepyard/contract";
import { commandLine } from "./leftover.js";

/** Only these run a home folder; another process that has a dead one's number is no holder. */
const HOLDERS = /bootstrap\.mjs|start\.js|vitest/;

/**
 * Makes this process the only one that runs the servers of `home`.
 * @returns what gives it free again.
 * @throws {AppError} `conflict` while another one does.
 */
export async function lockHome(home: string): Promise<() => Promise<void>> {
  await mkdir(home, { recursive: true });
  const path = join(home, "lock");
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(path, String(process.pid), { flag: "wx", mode: 0o600 });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const pid = Number.parseInt(await readFile(path, "utf8").catch(() => ""), 10);
    const isHeld = pid !== process.pid && HOLDERS.test((await commandLine(pid)) ?? "");
    if (isHeld || attempt === 3)
      throw new AppError(
        "conflict",
        `Sweepyard already runs on ${home} (process ${pid}): stop that one first, or set SWEEPYARD_HOME to another folder`,
      );
    await rm(path, { force: true });
  }
}
