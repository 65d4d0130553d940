import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "@sweepyard/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import problems from "../../fixtures/problems.json" with { type: "json" };
import { openBaselineFolder } from "./baselineFolder.js";
import { compareBaselines } from "./compareBaselines.js";
import type { BaselineOptions } from "./section.js";
import { SECTIONS } from "./sections.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures", import.meta.url));

function compare(names: readonly string[], options: BaselineOptions = {}, folder = FIXTURES) {
  const lines: string[] = [];
  const sections = SECTIONS.filter(({ name }) => names.includes(name));
  const status = compareBaselines(openBaselineFolder(folder), {
    sections,
    options,
    print: (line) => lines.push(line),
  });
  return { status, lines, failed: lines.filter((line) => line.startsWith("FAIL")) };
}

test("every recorded vector is met", () => {
  expect(compare(["vectors"]).failed).toEqual([]);
});

test("importance is what was recorded", () => {
  const { status, failed } = compare(["importance"]);
  expect(failed).toEqual([]);
  expect(status).toBe(0);
});

// All problems, samplers and seeds: pnpm baselines packages/search/fixtures --section single
test("TPE and Sobol find what was recorded on the network problem", () => {
  const { status, lines, failed } = compare(["single"], {
    problems: ["netmix"],
    samplers: ["qmc", "tpe"],
    seeds: 10,
  });
  expect(failed).toEqual([]);
  expect(status).toBe(0);
  expect(lines.at(-1)).toMatch(/^\d+ passed, 0 failed$/);
}, 60_000);

describe("a folder that disagrees", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "baselines-"));
    const [branin] = problems.single;
    const values = Array.from({ length: 30 }, (_, index) => 0.39789 + index * 1e-6);
    const search = { seeds: values.map((_, seed) => seed), best_value: { 20: { values } } };
    writeFileSync(join(folder, "problems.json"), JSON.stringify({ single: [branin] }));
    writeFileSync(
      join(folder, "baselines.json"),
      JSON.stringify({ single: { branin: { random: search, oracle: search } } }),
    );
    writeFileSync(
      join(folder, "vectors.json"),
      JSON.stringify({ tpe_weights: [{ n: 2, weights: [1, "NaN"] }], unheard_of: [] }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is told of, line by line, and what is not known is left out", () => {
    const { status, lines } = compare(["vectors", "single"], {}, folder);
    expect(lines.map((line) => line.replace(/:.*/, ""))).toEqual([
      "FAIL vectors tpe_weights",
      "skip vectors unheard_of",
      "ok   single branin formula",
      "FAIL single branin random at 20",
      "skip single branin oracle",
      "1 passed, 2 failed",
    ]);
    expect(status).toBe(1);
  });

  test("that is none, or has another form, is refused", () => {
    expect(() => openBaselineFolder(join(folder, "none"))).toThrow(AppError);
    writeFileSync(join(folder, "problems.json"), JSON.stringify({ single: [{ id: 3 }] }));
    expect(() => compare(["single"], {}, folder)).toThrow(/problems\.json .*single\.0\.id/);
  });
});

test("nothing compared is no success", () => {
  expect(compare(["single"], { problems: ["none such"] })).toMatchObject({
    status: 1,
    lines: [expect.stringContaining("nothing"), "0 passed, 0 failed"],
  });
});

test.each([
  { args: [], says: "usage: pnpm baselines FOLDER" },
  { args: [FIXTURES, "--seeds", "no"], says: "--seeds must be" },
  { args: [FIXTURES, "--section", "none"], says: 'no section "none"' },
  { args: [FIXTURES, "--nonsense"], says: "--nonsense" },
])("the command refuses $args", ({ args, says }) => {
  const command = fileURLToPath(new URL("../../dist/baselines/main.js", import.meta.url));
  const run = () => execFileSync(process.execPath, [command, ...args], { stdio: "pipe" });
  expect(run).toThrow(
    expect.objectContaining({ status: 2, message: expect.stringContaining(says) }),
  );
});
