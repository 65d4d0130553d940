import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.js";
import type { GoldenCase } from "../golden/goldenCase.js";
import { runGolden } from "../golden/runGolden.js";

/** Cases copied from Keras' recorded figures. */
const GOLDEN = new URL("../../fixtures/golden/", import.meta.url);
/** Averaged weights, callbacks, schedules, mixtures of options, made by fixtures/more/cases.py. */
const MORE = new URL("../../fixtures/more/", import.meta.url);

export function describeGolden(engine: Engine): void {
  describe(`${engine.id}: Keras' figures`, { timeout: 60_000 }, () => {
    test.each(casesIn(GOLDEN))("%s", async (_, golden) => {
      for (const threads of [1, 2])
        expect((await runGolden(golden, engine, { threads })).misses).toEqual([]);
    });
    test.each(casesIn(MORE))("%s", async (_, golden) => {
      const { compared, misses } = await runGolden(golden, engine);
      expect(compared).toBeGreaterThan(0);
      expect(misses).toEqual([]);
    });
  });
}

function casesIn(folder: URL): (readonly [string, GoldenCase])[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as GoldenCase)
    .filter(({ kind }) => kind !== "reference")
    .map((golden) => [golden.name, golden]);
}
