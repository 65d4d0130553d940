import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRunFile, readSweepFile } from "./readSubmission.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sweepyard-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const plan = {
  data: { dataset: "d" },
  optimizer: { class_name: "Adam", learning_rate: { $param: "rate" } },
};

test("JSON and YAML say the same", async () => {
  const space = { rate: { type: "float", low: 1e-4, high: 1e-2, log: true } };
  const sweep = { name: "s", plan, space, sampler: { name: "random" }, budget: { runs: 3 } };
  const json = await write("sweep.json", JSON.stringify(sweep));
  const yaml = await write(
    "sweep.yaml",
    `name: s
plan:
  data: { dataset: d }
  optimizer: { class_name: Adam, learning_rate: { $param: rate } }
space: { rate: { type: float, low: 1e-4, high: 1e-2, log: true } }
sampler: { name: random }
budget: { runs: 3 }
`,
  );
  expect(await readSweepFile(yaml)).toEqual(await readSweepFile(json));
});

test("each wrong field is named with its path and rule", async () => {
  const space = { rate: { type: "float", low: 0, high: 1, log: true } };
  const path = await write("wrong.json", JSON.stringify({ name: "s", plan, space, nonsense: 1 }));
  await expect(readSweepFile(path)).rejects.toMatchObject({
    code: "invalid_request",
    errors: expect.arrayContaining([
      expect.objectContaining({ path: "space.rate.low", rule: "log_range" }),
      expect.objectContaining({ path: "nonsense", rule: "unrecognized_keys" }),
    ]),
  });
});

test("a run's fields are named too", async () => {
  const path = await write("run.yaml", "plan: { data: { dataset: d }, epochs: 0 }");
  await expect(readRunFile(path)).rejects.toMatchObject({
    code: "invalid_request",
    errors: [expect.objectContaining({ path: "plan.epochs", rule: "too_small" })],
  });
});

test("broken YAML is told with its line", async () => {
  const path = await write("broken.yaml", "name: a\nplan: [1, 2\nspace: {}\n");
  await expect(readSweepFile(path)).rejects.toThrow(/broken\.yaml:\d+:\d+: /);
});

test("a missing file is told by its name", async () => {
  await expect(readSweepFile(join(folder, "nowhere.yaml"))).rejects.toThrow(
    /nowhere\.yaml can't be read: there is no such file/,
  );
});

test("aliases of aliases that would fill the memory are refused in one line", async () => {
  const level = (from: string, to: string) => `${to}: &${to} [${`*${from},`.repeat(9)}]`;
  const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
  for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg"])
    lines.push(level(from ?? "", to ?? ""));
  const path = await write("bomb.yaml", lines.join("\n"));
  await expect(readSweepFile(path)).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringContaining("bomb.yaml: "),
  });
});

test("a folder is no file", async () => {
  await expect(readSweepFile(folder)).rejects.toThrow("it is a folder");
});
