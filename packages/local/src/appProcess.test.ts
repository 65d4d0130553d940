import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { startApp } from "./appProcess.js";
import { isAlive } from "./leftover.js";
import { temporaryFolder } from "./temporaryFolder.js";

/** An app that keeps the convention: says that it is ready, ends when its channel closes. */
const GOOD = `
  process.on("disconnect", () => { console.log("stopping"); process.exit(0); });
  setInterval(() => {}, 1000);
  console.log("pid " + process.pid);
  process.send({ kind: "ready", url: "http://127.0.0.1:1" });`;

async function writeApp(text: string) {
  const folder = await temporaryFolder();
  const script = join(folder.path, "app.cjs");
  await writeFile(script, text);
  return { script, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const quiet = { env: process.env, onLine: () => {} };

test("is there once the app says so, and ends it by closing its channel", async () => {
  await using app = await writeApp(GOOD);
  const lines: string[] = [];
  const running = await startApp({
    ...quiet,
    name: "the app",
    script: app.script,
    onLine: (line) => lines.push(line),
  });
  expect(running.url).toBe("http://127.0.0.1:1");
  await running.stop();
  expect(lines.at(-1)).toBe("stopping");
  expect(isAlive(running.pid)).toBe(false);
});

test("an app that dies at start is reported with its own words", async () => {
  await using app = await writeApp("console.error('the port is taken'); process.exit(3);");
  await expect(startApp({ ...quiet, name: "the app", script: app.script })).rejects.toMatchObject({
    code: "unavailable",
    message: "the app did not start (exit status 3): the port is taken",
  });
});

test("an app that hangs at start is given up and killed", async () => {
  await using app = await writeApp("console.log('hm'); setInterval(() => {}, 1000);");
  const hung = startApp({ ...quiet, name: "the app", script: app.script, readyWithinMs: 500 });
  await expect(hung).rejects.toThrow(/not ready within 0.5 s.*hm/);
});

test("an app ends when its starter is killed", async () => {
  await using app = await writeApp(GOOD);
  const module = new URL("../dist/appProcess.js", import.meta.url).href;
  const code = `import { startApp } from ${JSON.stringify(module)};
    await startApp({ name: "the app", script: ${JSON.stringify(app.script)}, env: process.env,
      onLine: (line) => console.log(line) });`;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", code]);
  const [line] = (await once(createInterface({ input: starter.stdout }), "line")) as [string];
  const pid = Number(line.replace("pid ", ""));
  expect(isAlive(pid)).toBe(true);
  starter.kill("SIGKILL");
  const deadline = Date.now() + 10_000;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error("the app outlived its starter by 10 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});
