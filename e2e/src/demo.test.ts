import { afterEach, expect, test } from "vitest";
import { Command, processesOf, sharedDownloads, temporaryHome } from "./system.js";

const homes: Awaited<ReturnType<typeof temporaryHome>>[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await home.remove();
});

async function newHome(): Promise<string> {
  const home = await temporaryHome();
  homes.push(home);
  return home.path;
}

test("npm run demo trains the seed's sweep, says what came out and leaves nothing running", async () => {
  const home = await newHome();
  const env = { SWEEPYARD_HOME: home, ...sharedDownloads };
  const demo = await new Command(["demo", "--json", "--epochs", "1"], env).finished;
  expect(demo.code, demo.stderr).toBe(0);
  expect(await processesOf(home)).toEqual([]);

  const summary = JSON.parse(demo.stdout.trim().split("\n").at(-1) ?? "");
  expect(summary).toMatchObject({
    runs: 9,
    best: {
      runId: expect.any(String),
      params: { learning_rate: expect.any(Number), depth: expect.any(Number) },
      test: { accuracy: expect.any(Number), f1Macro: expect.any(Number) },
    },
    slots: expect.any(Number),
    dashboardUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+/),
  });
  // One epoch on the real images already tells the classes apart, and shirts from T-shirts worst.
  expect(summary.best.test.accuracy).toBeGreaterThan(0.8);
  expect(summary.best.test.f1Macro).toBeGreaterThan(0.8);
  expect(summary.trainSeconds).toBeGreaterThan(0);
  expect(summary.wallSeconds).toBeGreaterThan(summary.trainSeconds / summary.slots / 2);
  expect(summary.idleWhileWaiting).toBeGreaterThanOrEqual(0);
  expect(summary.idleWhileWaiting).toBeLessThanOrEqual(1);

  // A second start finds it all again: nothing is trained anew.
  const again = new Command(["start", "--epochs", "1"], env);
  await again.waitFor(/Serving at http/);
  expect(again.output).toContain(summary.best.runId);
  const stopped = await again.stop("SIGINT");
  expect(stopped.code, stopped.stderr).toBe(0);
  expect(await processesOf(home)).toEqual([]);
});

test("Ctrl-C in the middle of a run stops all that was started", async () => {
  const home = await newHome();
  const env = { SWEEPYARD_HOME: home, ...sharedDownloads };
  const demo = new Command(["demo"], env);
  await demo.waitFor(/Log in once with/);
  await demo.waitFor(/[1-9]\d* of 135 epochs/);
  const stopped = await demo.stop("SIGINT");
  expect(stopped.code).toBe(130);
  expect(await processesOf(home)).toEqual([]);
});
