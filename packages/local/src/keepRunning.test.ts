import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type AppProcess, startApp } from "./appProcess.js";
import { keepRunning } from "./keepRunning.js";
import { isAlive } from "./leftover.js";
import { temporaryFolder } from "./temporaryFolder.js";

/** Starts `text` as an app each time it is asked to. */
async function startable(text: string) {
  const folder = await temporaryFolder();
  const script = join(folder.path, "app.cjs");
  await writeFile(script, text);
  return {
    start: () => startApp({ name: "the app", script, env: process.env, onLine: () => {} }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const GOOD = `
  process.on("disconnect", () => process.exit(0));
  setInterval(() => {}, 1000);
  process.send({ kind: "ready", url: null });`;

test("starts again what is killed, in the place of the first", async () => {
  await using app = await startable(GOOD);
  const said: string[] = [];
  const replaced: (number | undefined)[] = [];
  const pids: number[] = [];
  let onSecond: () => void = () => {};
  const second = new Promise<void>((resolve) => {
    onSecond = resolve;
  });
  const start = async (first: AppProcess | null) => {
    replaced.push(first?.pid);
    const running = await app.start();
    if (pids.push(running.pid) === 2) onSecond();
    return running;
  };
  const kept = await keepRunning("the app", start, (line) => said.push(line));
  process.kill(kept.first.pid, "SIGKILL");
  await second;
  expect(said).toEqual(["the app died (SIGKILL); starting it again"]);
  expect(replaced).toEqual([undefined, kept.first.pid]);
  await kept.stop();
  expect(pids.map(isAlive)).toEqual([false, false]);
});

test("what dies again and again is lost", async () => {
  await using app = await startable("process.send({ kind: 'ready' }, () => process.exit(1));");
  const kept = await keepRunning("the app", app.start, () => {});
  expect(await kept.lost).toMatch(/^the app died 6 times within a minute/);
});

test("what cannot be started again is lost, with the reason", async () => {
  await using app = await startable(GOOD);
  const start = async (first: AppProcess | null) => {
    if (first !== null) throw new Error("the disk is full");
    return app.start();
  };
  const kept = await keepRunning("the app", start, () => {});
  process.kill(kept.first.pid, "SIGKILL");
  expect(await kept.lost).toBe("the disk is full");
});
