import { type Id, newId, type SweepView } from "@sweepyard/contract";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { claimRun } from "./claimRun.js";
import type { Db } from "./connect.js";
import { editSweep } from "./editSweep.js";
import { finishRun, type RunOutcome } from "./finishRun.js";
import { heartbeat } from "./heartbeat.js";
import { patchRun } from "./patchRun.js";
import { promoteRun } from "./promoteRun.js";
import { reconcile } from "./reconcile.js";
import { reportEpoch } from "./reportEpoch.js";
import { requestCancel, requestPause, resumeRun, retryRun } from "./runActions.js";
import * as model from "./runLifeModel.test-support.js";
import {
  addSweep,
  addSweepRuns,
  completedWith,
  expireLease,
  fakeFile,
  seedProject,
} from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

/**
 * Random commands of workers, zombies, people and repairs on a real database, each compared with
 * what the model of one run says. A failure prints the shortest list of commands that shows it.
 */

let database: TestDatabase;
let db: Db;
let projectId: Id;
let workerId: Id;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  db = database.db;
  ({ projectId, workerId } = await seedProject(db));
});
afterAll(() => database.drop());

interface Model {
  /** As its last edit answered it. */
  sweep: SweepView;
  /** Runs that edits took back: they count in no budget. */
  withdrawn: number;
  readonly runs: model.RunModel[];
  /** Every claim ever granted: most of them are outdated, and are used all the same. */
  readonly claims: { readonly run: model.RunModel; readonly attempt: number }[];
  /** Runs that were promoted, in the order of their versions. */
  readonly versions: Id[];
}
type Real = Record<never, never>;

const PLANNED = 10;

/** A command on a member of what there is, chosen by `seed`. */
abstract class OnMember implements fc.AsyncCommand<Model, Real> {
  constructor(protected readonly seed: number) {}

  protected pick<T>(members: readonly T[]): T {
    return members[this.seed % members.length] as T;
  }

  check({ runs, claims }: Readonly<Model>): boolean {
    return (this.needsClaim ? claims : runs).length > 0;
  }

  protected readonly needsClaim: boolean = false;
  abstract run(state: Model): Promise<void>;

  toString(): string {
    return `${this.constructor.name}(${JSON.stringify({ ...this, needsClaim: undefined })})`;
  }
}

/** Few runs, so that much happens to each. */
class Submit implements fc.AsyncCommand<Model, Real> {
  constructor(readonly x: number) {}
  check = ({ runs }: Readonly<Model>) => runs.length < 2;
  async run({ sweep, runs }: Model): Promise<void> {
    const [id = ""] = await addSweepRuns(db, sweep.id, [{ x: this.x }]);
    runs.push(model.newRunModel(id, this.x));
    await compare(runs.at(-1));
  }
  toString = () => `Submit(${this.x})`;
}

/** Of the space, made from the sweep's present version or, `behind` by some, from an older one. */
class Edit implements fc.AsyncCommand<Model, Real> {
  constructor(
    readonly high: number,
    readonly behind: number,
  ) {}
  check = () => true;
  async run(state: Model): Promise<void> {
    const { sweep, runs } = state;
    const space = { x: { type: "float", low: 0, high: this.high, log: false } } as const;
    const edited = editSweep(
      db,
      { projectId, id: sweep.id, actor: "tester" },
      { space, reason: "" },
      { ...sweep, space, plannedRuns: PLANNED, version: sweep.version - this.behind },
      ({ x }) => Number(x) <= this.high,
    );
    if (this.behind > 0) await expect(edited).rejects.toMatchObject({ code: "conflict" });
    else {
      state.sweep = await edited;
      const withdrawn = model.narrow(runs, this.high);
      expect(state.sweep).toMatchObject({
        ...{ version: sweep.version + 1, space },
        plannedRuns: PLANNED + state.withdrawn + withdrawn,
      });
      state.withdrawn += withdrawn;
    }
    for (const run of runs) await compare(run);
  }
  toString = () => `Edit(${this.high}, ${this.behind})`;
}

class Claim extends OnMember {
  constructor(
    seed: number,
    readonly age: number,
  ) {
    super(seed);
  }
  async run({ runs, claims }: Model): Promise<void> {
    const run = this.pick(runs);
    const generation = run.generation - this.age;
    const granted = model.claim(run, generation);
    const claimed = await claimRun(db, {
      runId: run.id,
      generation,
      workerId,
      slot: 0,
      device: "cpu",
      leaseMs: 60_000,
      maxAttempts: model.MAX_ATTEMPTS,
    });
    expect(claimed !== null).toBe(granted);
    if (claimed !== null) {
      expect(claimed.attempt).toBe(run.attempt);
      expect(claimed.resume?.epoch ?? 0).toBe(run.epoch);
      claims.push({ run, attempt: claimed.attempt });
    }
    await compare(run);
  }
}

class Report extends OnMember {
  protected override readonly needsClaim = true;
  constructor(
    seed: number,
    readonly ahead: number,
  ) {
    super(seed);
  }
  async run({ claims }: Model): Promise<void> {
    const { run, attempt } = this.pick(claims);
    const epoch = Math.max(1, run.epoch + this.ahead);
    const owned = model.owns(run, attempt);
    const answer = await reportEpoch(
      db,
      { runId: run.id, attempt },
      {
        epoch,
        metrics: { loss: 1 / epoch },
        seconds: 1,
        samplesPerSecond: 1,
        checkpoint: fakeFile(`${run.id} ${epoch}`),
      },
    );
    expect(answer.owned).toBe(owned);
    if (owned) model.report(run, epoch);
    await compare(run);
  }
}

class Finish extends OnMember {
  protected override readonly needsClaim = true;
  constructor(
    seed: number,
    readonly outcome: RunOutcome,
  ) {
    super(seed);
  }
  async run({ claims }: Model): Promise<void> {
    const { run, attempt } = this.pick(claims);
    const owned = model.owns(run, attempt);
    if (owned) model.finish(run, this.outcome);
    const answer = await finishRun(db, { runId: run.id, attempt }, this.outcome);
    expect(answer.owned).toBe(owned);
    if (answer.owned) {
      expect(answer.state).toBe(run.state);
      expect(answer.requeue?.generation).toBe(run.state === "queued" ? run.generation : undefined);
    }
    await compare(run);
  }
}

class Beat extends OnMember {
  protected override readonly needsClaim = true;
  async run({ claims }: Model): Promise<void> {
    const { run, attempt } = this.pick(claims);
    const owned = model.owns(run, attempt);
    const [answer] = await heartbeat(db, [{ runId: run.id, attempt }], 60_000);
    expect(answer).toMatchObject({ owned, command: owned ? run.command : null });
    if (owned) run.expired = false;
    await compare(run);
  }
}

class Stall extends OnMember {
  async run({ runs }: Model): Promise<void> {
    const run = this.pick(runs);
    if (run.state !== "running") return;
    await expireLease(db, run.id);
    run.expired = true;
  }
}

class LoseCheckpoint extends OnMember {
  async run({ runs }: Model): Promise<void> {
    const run = this.pick(runs);
    await db.prisma.artifact.deleteMany({ where: { runId: run.id, kind: "checkpoint" } });
    run.checkpoint = 0;
  }
}

class Reconcile implements fc.AsyncCommand<Model, Real> {
  check = () => true;
  async run({ runs }: Model): Promise<void> {
    for (const run of runs) model.takeBack(run);
    const { requeue } = await reconcile(db, { leaseGraceMs: 0 });
    const mine = new Set(runs.map(({ id }) => id));
    const queued = requeue.filter(({ runId }) => mine.has(runId));
    expect(new Map(queued.map(({ runId, generation }) => [runId, generation]))).toEqual(
      new Map(
        runs.filter(({ state }) => state === "queued").map((run) => [run.id, run.generation]),
      ),
    );
    for (const run of runs) await compare(run);
  }
  toString = () => "Reconcile";
}

const REQUESTS = { cancel: requestCancel, pause: requestPause, resume: resumeRun, retry: retryRun };

class Request extends OnMember {
  constructor(
    seed: number,
    readonly what: keyof typeof REQUESTS,
  ) {
    super(seed);
  }
  async run({ runs }: Model): Promise<void> {
    const run = this.pick(runs);
    const accepted = model.request(run, this.what);
    const asked = REQUESTS[this.what](db, projectId, run.id, "tester");
    if (accepted) expect((await asked).state).toBe(run.state);
    else await expect(asked).rejects.toMatchObject({ code: "conflict" });
    await compare(run);
  }
}

class Exclude extends OnMember {
  async run({ runs }: Model): Promise<void> {
    const run = this.pick(runs);
    run.excluded = !run.excluded;
    const excluded = run.excluded ? "looks wrong" : null;
    await patchRun(db, projectId, run.id, "tester", { excluded });
    await compare(run);
  }
}

class Promote extends OnMember {
  async run({ runs, versions }: Model): Promise<void> {
    const run = this.pick(runs);
    const asked = promoteRun(db, projectId, { keyId: newId(), keyName: "tester" }, run.id, {
      model: modelName,
      alias: "champion",
      reason: "",
      licence: "",
      tags: [],
    });
    if (run.state !== "completed" || run.excluded) {
      await expect(asked).rejects.toMatchObject({ code: "conflict" });
      return;
    }
    if (!versions.includes(run.id)) versions.push(run.id);
    expect(await asked).toMatchObject({ version: versions.indexOf(run.id) + 1, runId: run.id });
  }
}

let modelName = "";

async function compare(run: model.RunModel | undefined): Promise<void> {
  if (run === undefined) throw new Error("no run");
  const row = await db.prisma.run.findUniqueOrThrow({
    where: { id: run.id },
    include: { attempts: true },
  });
  const { state, attempt, generation, failures, epoch, command } = run;
  const excluded = row.excludedAt !== null;
  expect({ ...row, excluded }).toMatchObject({
    ...{ state, attempt, generation, failures, epoch, command },
    excluded: run.excluded,
  });
  expect(row.attempts).toHaveLength(attempt);
  const open = row.attempts.filter(({ endedAt }) => endedAt === null).map(({ number }) => number);
  expect(open).toEqual(state === "running" ? [attempt] : []);
  expect(row.endedAt !== null).toBe(model.isOver(run));
}

/** Whatever has happened, each step of each metric is there once, by the attempt that owns it. */
async function checkPoints({ runs }: Model): Promise<void> {
  for (const { id, epoch } of runs) {
    const points = await db.prisma.metricPoint.findMany({ where: { runId: id, name: "loss" } });
    const attempts = await db.prisma.attempt.findMany({ where: { runId: id } });
    for (const point of points) {
      expect(point.step).toBeLessThanOrEqual(epoch);
      const owners = attempts.filter(({ fromEpoch }) => fromEpoch < point.step);
      expect(point.attempt).toBe(Math.max(...owners.map(({ number }) => number)));
    }
  }
}

const outcomes = fc.constantFrom<RunOutcome>(
  completedWith(),
  { kind: "pruned", reason: "below the median" },
  { kind: "diverged", epoch: 1 },
  { kind: "cancelled" },
  { kind: "paused" },
  { kind: "paused_at_rung", rung: 0, reason: "paused at rung 0" },
  { kind: "handed_back", reason: "its worker stops" },
  { kind: "handed_back", reason: "its worker stops" },
  { kind: "failed", code: "internal", message: "broke", retryable: true },
  { kind: "failed", code: "internal", message: "broke", retryable: true },
  { kind: "failed", code: "data_invalid", message: "is broken", retryable: false },
);
const seed = fc.nat({ max: 1_000 });
const commands = fc.commands(
  [
    fc.constantFrom(0.25, 0.75).map((x) => new Submit(x)),
    fc.tuple(fc.constantFrom(0.5, 1), fc.constantFrom(0, 0, 0, 1)).map((args) => new Edit(...args)),
    fc.tuple(seed, fc.nat({ max: 1 })).map((args) => new Claim(...args)),
    seed.map((at) => new Claim(at, 0)),
    fc.tuple(seed, fc.integer({ min: 0, max: 1 })).map((args) => new Report(...args)),
    fc.tuple(seed, outcomes).map((args) => new Finish(...args)),
    seed.map((at) => new Beat(at)),
    seed.map((at) => new Stall(at)),
    seed.map((at) => new LoseCheckpoint(at)),
    fc.constant(new Reconcile()),
    fc
      .tuple(seed, fc.constantFrom("cancel", "pause", "resume", "resume", "retry", "retry"))
      .map(([at, what]) => new Request(at, what as keyof typeof REQUESTS)),
    seed.map((at) => new Exclude(at)),
    seed.map((at) => new Promote(at)),
  ],
  { maxCommands: 100, size: "max" },
);

test("the store does what the model of a run says, whoever asks in whatever order", {
  timeout: 120_000,
}, async () => {
  let sequences = 0;
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      modelName = `model-${sequences++}`;
      const sweep = await addSweep(db, projectId, {}, PLANNED);
      const state: Model = { sweep, withdrawn: 0, runs: [], claims: [], versions: [] };
      await fc.asyncModelRun(() => ({ model: state, real: {} }), sequence);
      await checkPoints(state);
      // What one sequence leaves behind would be taken back in the next.
      await db.prisma.run.updateMany({
        where: { id: { in: state.runs.map(({ id }) => id) }, state: "running" },
        data: { leaseUntil: new Date(Date.now() + 3_600_000) },
      });
    }),
    { numRuns: 40 },
  );
});
