import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockHome } from "./homeLock.js";
import { temporaryFolder } from "./temporaryFolder.js";

/** A process whose command line is that of a start. */
async function otherStart() {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "bootstrap.mjs"]);
  await once(child, "spawn");
  return child;
}

test("a second start on the same folder is told which process holds it", async () => {
  await using home = await temporaryFolder();
  const holder = await otherStart();
  try {
    await writeFile(join(home.path, "lock"), String(holder.pid));
    await expect(lockHome(home.path)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(new RegExp(`already runs on .* \\(process ${holder.pid}\\)`)),
    });
    expect(await readFile(join(home.path, "lock"), "utf8")).toBe(String(holder.pid));
  } finally {
    holder.kill();
  }
});

test("the lock of a dead process, or of a number that is another program's by now, is taken over", async () => {
  await using home = await temporaryFolder();
  const dead = await otherStart();
  dead.kill("SIGKILL");
  await once(dead, "close");
  const program = spawn("sleep", ["60"]);
  await once(program, "spawn");
  try {
    for (const pid of [dead.pid, program.pid]) {
      await writeFile(join(home.path, "lock"), String(pid));
      const release = await lockHome(home.path);
      expect(await readFile(join(home.path, "lock"), "utf8")).toBe(String(process.pid));
      await release();
    }
  } finally {
    program.kill();
  }
});
