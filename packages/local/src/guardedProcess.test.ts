import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { startGuarded } from "./guardedProcess.js";
import { isAlive } from "./leftover.js";

/** A server that says its pid, then lives until it gets SIGINT. */
const SERVER = `process.on("SIGINT", () => { console.log("bye"); process.exit(0); });
  setInterval(() => {}, 1000); console.log("pid " + process.pid);`;

test("hands over what the server prints and lets it end by itself on stop", async () => {
  const lines: string[] = [];
  const { promise: started, resolve } = deferred();
  const server = startGuarded({
    command: process.execPath,
    args: ["-e", SERVER],
    onLine(line) {
      lines.push(line);
      if (line.startsWith("pid ")) resolve();
    },
  });
  await started;
  await server.stop();
  expect(lines[1]).toBe("bye");
  expect(isAlive(Number(lines[0]?.slice(4)))).toBe(false);
});

test.each(["SIGKILL", "SIGINT"] as const)("says how a server ended: %s", async (signal) => {
  const server = startGuarded({
    command: process.execPath,
    args: ["-e", SERVER.replace("process.exit(0)", "process.exit(3)")],
    onLine(line) {
      if (line.startsWith("pid ")) process.kill(Number(line.slice(4)), signal);
    },
  });
  expect(await server.exited).toBe({ SIGKILL: "SIGKILL", SIGINT: "exit status 3" }[signal]);
});

test("kills a server that does not end in time, and all it started", async () => {
  const { promise: started, resolve } = deferred();
  let pid = 0;
  const server = startGuarded({
    command: process.execPath,
    args: ["-e", SERVER.replace("process.exit(0)", "0")],
    onLine(line) {
      if (!line.startsWith("pid ")) return;
      pid = Number(line.slice(4));
      resolve();
    },
  });
  await started;
  await server.stop(200);
  await until(() => !isAlive(pid));
});

test("settles `exited` when the command does not exist", async () => {
  const lines: string[] = [];
  const server = startGuarded({
    command: "/no/such/server",
    args: [],
    onLine: (line) => lines.push(line),
  });
  await server.exited;
  expect(lines.join("\n")).toMatch(/\/no\/such\/server.*not found/);
  await server.stop();
});

test("a server ends when its parent is killed without a chance to clean up", async () => {
  const guard = new URL("../dist/guardedProcess.js", import.meta.url).href;
  const parent = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `import { startGuarded } from ${JSON.stringify(guard)};
     startGuarded({ command: process.execPath, args: ["-e", ${JSON.stringify(SERVER)}],
       onLine: (line) => console.log(line) });`,
  ]);
  const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
  const pid = Number(line.slice(4));
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  await until(() => !isAlive(pid));
});

function deferred() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

async function until(condition: () => boolean) {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 10 s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
