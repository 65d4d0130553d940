import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Engine } from "../engine.js";
import { blobs } from "./blobs.js";
import { trainToEnd } from "./trainToEnd.js";

const RUNS = 50;
/** After so many the compiled graphs that are kept, and the heaps, have their size. */
const WARM = 12;
const SAMPLES = 6;
const MB = 2 ** 20;

/** 4 MB of weights and moments a run: kept, 32 runs would add 130 MB. */
const dataset = blobs({ rows: 24, inputs: 700, classes: 4 });

export function describeMemory(engine: Engine): void {
  test(`${engine.id}: memory is flat over ${RUNS} runs in one process, of equal and of other shapes`, {
    timeout: 120_000,
  }, async () => {
    const after: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const width = run % 5 === 0 ? 401 + run : 400; // more shapes than compiled graphs are kept
      const units = [width, 100];
      const plan = { model: { template: "mlp", units }, epochs: 2, seed: run };
      await trainToEnd(engine, plan, dataset);
      after.push(residentBytes());
    }
    // The allocator gives pages back when it likes: the least of several runs is what is in use.
    const warm = Math.min(...after.slice(WARM, WARM + SAMPLES));
    expect((Math.min(...after.slice(-SAMPLES)) - warm) / MB).toBeLessThan(40);
  });
}

function residentBytes(): number {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  collectGarbage();
  return process.memoryUsage.rss();
}
