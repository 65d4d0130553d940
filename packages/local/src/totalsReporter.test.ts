import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "./temporaryFolder.js";

const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);
const reporter = fileURLToPath(new URL("./totalsReporter.ts", import.meta.url));

/** Runs vitest over `files` with our reporter added; the last line and the exit status. */
async function runTests(files: Readonly<Record<string, string>>) {
  await using folder = await temporaryFolder();
  const config = `import { TotalsReporter } from ${JSON.stringify(reporter)};
    export default { test: { globals: true, reporters: ["default", new TotalsReporter()] } };`;
  for (const [name, text] of Object.entries({ ...files, "vitest.config.ts": config }))
    await writeFile(join(folder.path, name), text);
  return await new Promise<{ lastLine: string | undefined; code: unknown }>((resolve) => {
    const args = [vitest, "run", "--root", folder.path];
    execFile(process.execPath, args, { env: { PATH: process.env.PATH } }, (error, stdout) =>
      resolve({ lastLine: stdout.trimEnd().split("\n").at(-1), code: error?.code ?? 0 }),
    );
  });
}

test("the last line counts passed and failed tests", async () => {
  const outcome = await runTests({
    "a.test.js": "test('good', () => {}); test('bad', () => { throw new Error('bad'); });",
    "b.test.js": "test('fine', () => {}); test.skip('left out', () => {});",
  });
  expect(outcome).toEqual({ lastLine: "2 passed, 1 failed", code: 1 });
});

test("a file that cannot be loaded is a failure", async () => {
  const outcome = await runTests({
    "a.test.js": "test('good', () => {});",
    "b.test.js": "import './missing.js'; test('never', () => {});",
  });
  expect(outcome).toEqual({ lastLine: "1 passed, 1 failed", code: 1 });
});

test("a run without any test is not a success", async () => {
  expect(await runTests({})).toEqual({ lastLine: "0 passed, 0 failed", code: 1 });
});
