import { newId, RunState, type RunView, type SweepView, TrainPlan } from "@sweepyard/contract";

/** Views as the API gives them, for tests of what is drawn from them. */

const BEGIN = "2026-01-01T00:00:00.000Z";

export function sweepView(changes: Partial<SweepView> = {}): SweepView {
  return {
    id: newId(),
    name: "a sweep",
    description: "",
    state: "running",
    stateReason: null,
    plan: { data: { dataset: "fashion-mnist" }, epochs: 15 },
    space: {
      learning_rate: { type: "categorical", choices: [0.001, 0.003] },
      depth: { type: "categorical", choices: [1, 2] },
    },
    sampler: { name: "grid" },
    pruner: { name: "none" },
    objective: { metric: "val_accuracy", direction: "maximize" },
    budget: {},
    plannedRuns: 9,
    warmStart: [],
    forkedFrom: null,
    target: null,
    terminator: null,
    version: 1,
    parallelism: null,
    priority: 50,
    seed: 0,
    tags: [],
    counts: Object.fromEntries(RunState.options.map((state) => [state, 0])) as SweepView["counts"],
    best: null,
    epochsDone: 0,
    epochsPlanned: 0,
    createdBy: "embedded",
    createdAt: BEGIN,
    startedAt: BEGIN,
    endedAt: null,
    updatedAt: BEGIN,
    ...changes,
  };
}

export function runView(number: number, changes: Partial<RunView> = {}): RunView {
  return {
    id: newId(),
    sweepId: newId(),
    sweepName: "a sweep",
    number,
    name: `run ${number}`,
    state: "queued",
    stateReason: null,
    params: { learning_rate: 0.001, depth: 2 },
    samplerReason: null,
    version: 1,
    plan: TrainPlan.parse({ data: { dataset: "fashion-mnist" } }),
    engine: "onnx",
    attempt: 1,
    priority: 50,
    tags: [],
    note: "",
    excluded: null,
    epoch: 0,
    epochs: 15,
    objective: null,
    metrics: {},
    createdAt: BEGIN,
    queuedAt: BEGIN,
    startedAt: null,
    endedAt: null,
    trainMs: 0,
    workerName: null,
    slot: null,
    error: null,
    ...changes,
  };
}
