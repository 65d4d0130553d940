import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.js";
import type { GoldenCase } from "../golden/goldenCase.js";
import { runGolden } from "../golden/runGolden.js";

/** Cases copied from Keras' recorded figures. */
const GOLDEN = new URL("../../fixtures/golden/", import.meta.url);

export function describeGolden(engine: Engine): void {
  describe(`${engine.id}: Keras' figures`, { timeout: 60_000 }, () => {
    const cases = readdirSync(GOLDEN)
      .filter((file) => file.endsWith(".json"))
      .map((file) => JSON.parse(readFileSync(new URL(file, GOLDEN), "utf8")) as GoldenCase)
      .filter(({ kind }) => kind !== "reference");

    test.each(cases.map((golden) => [golden.name, golden] as const))("%s", async (_, golden) => {
      for (const threads of [1, 2])
        expect((await runGolden(golden, engine, { threads })).misses).toEqual([]);
    });
  });
}
