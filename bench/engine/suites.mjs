/** What is measured. A case trains one model beside its peers, in rounds of one epoch of each. */

const SEED = { template: "mlp", depth: 2, units: [512, 256] };
const MAIN_PEERS = ["onnx", "pytorch", "pytorch_flush", "keras"];
const OTHER_PEERS = ["onnx", "pytorch", "keras"];

const seed = (changes) => ({
  name: `seed network, batch ${changes.batch}, ${changes.threads ?? 1} thread(s)`,
  model: SEED,
  threads: 1,
  rows: 48_000,
  validation: 12_000,
  rounds: 5,
  peers: MAIN_PEERS,
  ...changes,
});

const other = (name, model, changes = {}) =>
  seed({
    name,
    model,
    batch: 64,
    rows: 12_000,
    validation: 2_000,
    rounds: 3,
    peers: OTHER_PEERS,
    ...changes,
  });

const CNN = {
  template: "cnn",
  blocks: 2,
  filters: [8, 16],
  units: 64,
  dropout: 0,
  dense_dropout: 0,
};

export const SUITES = {
  /** The two figures that have a goal, in about a minute. */
  quick: [
    seed({ batch: 64, rows: 24_000, rounds: 3 }),
    seed({ batch: 256, rows: 24_000, rounds: 3 }),
  ],
  full: [
    seed({ batch: 64, peers: [...MAIN_PEERS, "tfjs_node"] }),
    seed({ batch: 256, peers: [...MAIN_PEERS, "tfjs_node"] }),
    ...[16, 32, 128, 512, 1024].map((batch) =>
      seed({ batch, rows: batch < 64 ? 12_000 : 24_000, rounds: 3, peers: OTHER_PEERS }),
    ),
    ...[64, 256].map((batch) =>
      seed({ batch, threads: 2, rows: 24_000, rounds: 3, peers: OTHER_PEERS }),
    ),
    other("depth 6 × 256, batch 64, 1 thread", { template: "mlp", depth: 6, units: 256 }),
    other("2 layers of 64 units, batch 64, 1 thread", { template: "mlp", depth: 2, units: 64 }),
    other("CNN, 8 and 16 filters, batch 64, 1 thread", CNN, { rows: 6_000 }),
    other(
      "CNN, 32 and 64 filters, batch 64, 1 thread",
      { ...CNN, filters: [32, 64] },
      { rows: 3_200, validation: 640 },
    ),
  ],
};
