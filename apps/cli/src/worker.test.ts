import { hostname } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./testing/runCli.js";
import { startServer, type TestServer } from "./testing/startServer.js";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
}, 60_000);
afterAll(() => server.stop(), 60_000);

const cli = (...args: string[]) =>
  runCli(args, { env: { SWEEPYARD_URL: server.url, SWEEPYARD_API_KEY: server.apiKey } });

test("a worker is drained until it can be stopped, shown as such, and resumes", async () => {
  const name = hostname();
  expect(await cli("worker", "drain", name, "--hand-back", "--wait")).toMatchObject({
    exitCode: 0,
    stdout: `${name} is drained: it can be stopped\n`,
  });
  const shown = (await cli("workers")).stdout;
  expect(shown).toMatch(/draining/);
  expect(shown).toMatch(/cli-test/);
  expect(await cli("worker", "resume", name)).toMatchObject({
    exitCode: 0,
    stdout: `${name} takes runs again\n`,
  });
  expect(await cli("worker", "drain", "nobody")).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("no worker named nobody is here"),
  });
});
