import type { Client } from "@sweepyard/client";
import type { Id } from "@sweepyard/contract";
import { percentile } from "./percentiles.js";

export interface NoOpMeasured {
  readonly sweeps: number;
  readonly slots: number;
  readonly runs: number;
  readonly runsPerSecond: number;
  /** Of a call that tells an end and asks for the next run, in ms. */
  readonly p50: number;
  readonly p95: number;
}

const POINTS = 25;

/**
 * Many sweeps at one time whose runs train nothing, and trainers that tell each end and ask for
 * the next run, spread over them: what the API and Postgres take, beside all that is stored.
 * @throws if a run is lost or one too many is made
 */
export async function measureNoOpSweeps(
  client: Client,
  {
    sweeps,
    slots,
    runs,
  }: { readonly sweeps: number; readonly slots: number; readonly runs: number },
): Promise<NoOpMeasured> {
  const each = Math.ceil(runs / sweeps);
  const ids: Id[] = [];
  for (let i = 0; i < sweeps; i++) ids.push((await createSweep(client, i, each)).id);
  const took: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: slots }, async (_, slot) => {
      // Each begins at a sweep of its own, and helps the others once that is done.
      for (let i = 0; i < sweeps; i++) {
        const id = ids[(slot + i) % sweeps];
        if (id !== undefined) await train(client, id, `slot ${slot}`, took);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const id of ids) {
    const { counts, epochsDone } = await client.sweeps.get(id);
    if (counts.completed !== each || epochsDone !== each * POINTS)
      throw new Error(`sweep ${id} is not whole: ${JSON.stringify(counts)}, ${epochsDone} steps`);
  }
  const done = each * sweeps;
  return {
    sweeps,
    slots,
    runs: done,
    runsPerSecond: done / seconds,
    p50: percentile(took, 0.5),
    p95: percentile(took, 0.95),
  };
}

const createSweep = (client: Client, index: number, runs: number) =>
  client.sweeps.create({
    name: `no-op ${index + 1}`,
    trainer: { kind: "external", steps: POINTS },
    space: {
      learning_rate: { type: "float", low: 1e-5, high: 1e-1, log: true },
      depth: { type: "int", low: 1, high: 8 },
    },
    sampler: { name: "tpe" },
    objective: { metric: "value", direction: "minimize" },
    budget: { runs },
  });

/** Until the sweep has no further run to give. */
async function train(client: Client, id: Id, worker: string, took: number[]): Promise<void> {
  const ask = { count: 1, lease_seconds: 60, worker };
  let { runs } = await client.sweeps.ask(id, ask);
  while (runs.length > 0) {
    const ends = runs.map(({ run, attempt, params }) => ({
      run,
      attempt,
      rows: Array.from({ length: POINTS }, (_, index) => ({
        step: index + 1,
        values: { value: Math.abs(Number(params.depth) - 3) + 1 / (index + 1) },
      })),
    }));
    const sentAt = performance.now();
    const told = await client.sweeps.tell(id, { runs: ends, ask });
    took.push(performance.now() - sentAt);
    runs = told.next?.runs ?? [];
  }
}
