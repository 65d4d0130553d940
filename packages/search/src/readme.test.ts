import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const EXAMPLES = [
  ...readFileSync(join(PACKAGE, "README.md"), "utf8").matchAll(/```js\n([\s\S]*?)```/g),
].map(([, example = ""]) => example);

/** What an example of the README prints, run as it stands. */
function run(index: number): string {
  // Inside the package, so that its imports are found as a dependent's would be.
  const folder = mkdtempSync(join(PACKAGE, "dist/readme-"));
  try {
    writeFileSync(join(folder, "example.mjs"), EXAMPLES[index] ?? "");
    return execFileSync(process.execPath, [join(folder, "example.mjs")], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the README's first example finds what it looks for", () => {
  const said = run(0);
  const rate = Number(/learning_rate: ([\d.e-]+)/.exec(said)?.[1]);
  expect(Math.abs(Math.log10(rate) + 3)).toBeLessThan(0.5);
  expect(said.trim()).toMatch(/ learning_rate$/);
});

test("its second one finds a front within the constraint, and prunes", () => {
  expect(run(1).trim().split("\n")).toEqual([
    "true",
    "true its best 0.8 is worse than the median of 1 runs, 0.5",
  ]);
});
