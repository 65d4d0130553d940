import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { runCli } from "./testing/runCli.js";

/** What can be told without a server: the usage, the files, nobody there. */

const cwd = tmpdir(); // no .sweepyard above it
let closedUrl: string;
const server = createServer();
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closedUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
});
afterAll(() => void server.close());

const id = "01900000-0000-7000-8000-000000000001";

test("--help tells the commands and the exit codes", async () => {
  const { exitCode, stdout } = await runCli(["--help"], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("sweep submit examples/fashion-mnist.sweep.yaml");
  expect(stdout).toContain("130  Ctrl-C");
});

test.each([
  ["an unknown command", ["runz"]],
  ["an unknown option", ["runs", "--nonsense"]],
  ["an id that is none", ["run", "show", "7"]],
  ["a state that is none", ["runs", "--state", "sleeping"]],
  ["a missing option", ["promote", id]],
  ["a file that is not there", ["sweep", "submit", "nowhere.yaml"]],
  ["an image that is not there", ["predict", "nowhere.png", "--model", "m"]],
])("%s ends with 2 and says so on stderr alone", async (_, args) => {
  const { exitCode, stdout, stderr } = await runCli(args, { cwd });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(/^error: \S/);
});

test("where no server runs it ends with 3 and says how to start one", async () => {
  const { exitCode, stdout, stderr } = await runCli(["runs"], { cwd });
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
  expect(stderr).toMatch(/^error: no server runs here: start one with `npm start`/);
});

test("a sweep given for a run is told where it belongs", async () => {
  const stdin = "name: s\nplan: {}\nspace: {}\n";
  const { exitCode, stderr } = await runCli(["run", "submit", "-"], { cwd, stdin });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/is a sweep, since it has a space: \S.* sweep submit/);
});

test("a wrong sweep is told field by field before a server is looked for", async () => {
  const stdin = "name: s\nplan: {}\nspace: {}\nnonsense: 1\n";
  const { exitCode, stderr } = await runCli(["sweep", "submit", "-"], { cwd, stdin });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("space: is empty");
  expect(stderr).toContain('nonsense: "nonsense" is no field here');
});

test("with --json an error is one line of JSON on stderr", async () => {
  const args = ["runs", "--json", "--url", closedUrl, "--key", "k"];
  const { exitCode, stdout, stderr } = await runCli(args, { cwd });
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
  expect(JSON.parse(stderr)).toMatchObject({
    error: { exitCode: 3, code: "unavailable", message: expect.stringContaining(closedUrl) },
  });
});

test("watching a server that is not there ends with 3 at once", async () => {
  const args = ["sweep", "watch", id, "--url", closedUrl, "--key", "k"];
  expect((await runCli(args, { cwd })).exitCode).toBe(3);
});

test("called by npm, paths are those of the folder where it was called", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sweepyard-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "mine.yaml"), "name: s\nplan: {}\nspace: {}\n");
  const env = { npm_lifecycle_event: "sweepyard", INIT_CWD: folder };
  const { exitCode, stderr } = await runCli(["sweep", "submit", "mine.yaml"], { cwd, env });
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("space: is empty"),
  });
});

test("an empty file is called empty", async () => {
  const { exitCode, stderr } = await runCli(["sweep", "submit", "-"], { cwd, stdin: "# later\n" });
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: "error: standard input is empty\n" });
});

test.each([
  ["rows that are none", ["predict", "-", "--model", "m"], '{"rows": []}', "holds no rows such as"],
  ["rows beside pictures", ["predict", "a.png", "b.json", "--model", "m"], "", "by itself"],
])("%s are refused before a server is looked for", async (_, args, stdin, words) => {
  const { exitCode, stderr } = await runCli(args, { cwd, stdin });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(words);
});
