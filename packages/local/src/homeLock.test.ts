import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockHome } from "./homeLock.js";
import { processIdentity } from "./leftover.js";
import { temporaryFolder } from "./temporaryFolder.js";

async function otherProcess() {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  return child;
}

test("a second start on the same folder is told which process holds it", async () => {
  await using home = await temporaryFolder();
  const holder = await otherProcess();
  try {
    const identity = await processIdentity(holder.pid ?? 0);
    await writeFile(join(home.path, "lock"), identity ?? "");
    await expect(lockHome(home.path)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(new RegExp(`already runs on .* \\(process ${holder.pid}\\)`)),
    });
    expect(await readFile(join(home.path, "lock"), "utf8")).toBe(identity);

    await writeFile(join(home.path, "connection.json"), '{"url": "http://127.0.0.1:8080"}');
    await expect(lockHome(home.path)).rejects.toThrow(
      /, at http:\/\/127\.0\.0\.1:8080; .*login-link/,
    );
  } finally {
    holder.kill();
  }
});

test("the lock of a process that has ended is taken over, even if its number is used again", async () => {
  await using home = await temporaryFolder();
  const other = await otherProcess();
  const identity = await processIdentity(other.pid ?? 0);
  other.kill("SIGKILL");
  await once(other, "close");
  for (const stale of [identity ?? "", `${process.pid} 1`, "garbage"]) {
    await writeFile(join(home.path, "lock"), stale);
    const release = await lockHome(home.path);
    expect(await readFile(join(home.path, "lock"), "utf8")).toBe(
      await processIdentity(process.pid),
    );
    await release();
  }
});

test("two starts at one time: one gets the folder", async () => {
  await using home = await temporaryFolder();
  const outcomes = await Promise.allSettled([lockHome(home.path), lockHome(home.path)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});
