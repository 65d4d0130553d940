import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { onnxEngine } from "../onnx/onnxEngine.js";
import type { GoldenCase } from "./goldenCase.js";
import { runGolden } from "./runGolden.js";

const FOLDER = new URL("../../fixtures/more/", import.meta.url);

const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as GoldenCase);

test("a case of an unknown kind, or with what no plan has, is refused", async () => {
  const refused = (golden: object) => runGolden(golden as GoldenCase, onnxEngine);
  await expect(refused({ kind: "video", name: "v" })).rejects.toThrow(
    "kind video is none of train",
  );
  const [fit] = cases.filter(({ kind }) => kind === "fit");
  const strange = { ...fit, loss: { name: "poisson" } };
  await expect(refused(strange)).rejects.toThrow();
});

test("a figure that is off by more than it may is a miss", async () => {
  const [schedule] = cases.filter(({ kind }) => kind === "schedule");
  const { expected } = schedule as unknown as { expected: { learning_rate: number[] } };
  const off = expected.learning_rate.map((rate, step) => (step === 3 ? rate * 1.001 : rate));
  const result = await runGolden(
    { ...schedule, expected: { learning_rate: off } } as unknown as GoldenCase,
    onnxEngine,
  );
  expect(result.misses.map(({ what }) => what)).toEqual(["learning_rate[3]"]);
  expect(result.where).toBe("learning_rate[3]");
});
