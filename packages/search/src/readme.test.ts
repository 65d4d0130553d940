import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs as it stands, and finds what it looks for", () => {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  // Inside the package, so that its imports are found as a dependent's would be.
  const folder = mkdtempSync(join(PACKAGE, "dist/readme-"));
  try {
    writeFileSync(join(folder, "example.mjs"), example);
    const said = execFileSync(process.execPath, [join(folder, "example.mjs")], {
      encoding: "utf8",
    });
    const rate = Number(/learning_rate: ([\d.e-]+)/.exec(said)?.[1]);
    expect(Math.abs(Math.log10(rate) + 3)).toBeLessThan(0.5);
    expect(said.trim()).toMatch(/ learning_rate$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
