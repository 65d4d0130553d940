import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@sweepyard/contract";
import { connectionPath } from "./connectionFile.js";
import { processIdentity } from "./leftover.js";

/**
 * Makes this process the only one that runs the servers of `home`.
 * @returns what gives it free again.
 * @throws {AppError} `conflict` while another one does.
 */
export async function lockHome(home: string): Promise<() => Promise<void>> {
  await mkdir(home, { recursive: true });
  const path = join(home, "lock");
  const mine = (await processIdentity(process.pid)) ?? String(process.pid);
  // Linked into place, so that nobody ever reads a lock without its holder in it.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    await take(path, draft, home);
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(path, { force: true });
}

async function take(path: string, draft: string, home: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await link(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = await readFile(path, "utf8").catch(() => "");
    const pid = Number.parseInt(holder, 10);
    if ((await processIdentity(pid)) === holder || attempt === 3)
      throw new AppError(
        "conflict",
        `Sweepyard already runs on ${home} (process ${pid}${await whereItServes(home)}): stop that one first, or set SWEEPYARD_HOME to another folder`,
      );
    await rm(path, { force: true });
  }
}

/** Its address, and how to get in; nothing while it has none yet. */
async function whereItServes(home: string): Promise<string> {
  const url = await readFile(connectionPath(home), "utf8")
    .then((text) => (JSON.parse(text) as { url?: unknown }).url)
    .catch(() => undefined);
  return typeof url === "string"
    ? `, at ${url}; \`npm run -s sweepyard -- login-link\` lets a browser in`
    : "";
}
