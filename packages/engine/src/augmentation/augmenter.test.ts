import { execFileSync } from "node:child_process";
import { Augmentation } from "@sweepyard/contract";
import { expect, test } from "vitest";
import type { Dataset } from "../dataset.js";
import { epochOrder } from "../epochOrder.js";
import { augmentChunk, type Chunk } from "./augmentChunk.js";
import { Augmenter, type AugmenterOptions } from "./augmenter.js";

const ROWS = 150;
const ALL = Int32Array.from(Array(ROWS).keys());
const SIDE = 28;
const SIZE = SIDE * SIDE;

const images = (): Dataset => {
  const x = Uint8Array.from({ length: ROWS * SIZE }, (_, at) => (at * 31 + (at >> 5)) % 256);
  const rows = { count: ROWS, x, y: Uint8Array.from({ length: ROWS }, (_, row) => row % 3) };
  return {
    inputShape: [SIDE, SIDE],
    task: "classification",
    classNames: ["a", "b", "c"],
    train: rows,
    test: rows,
  };
};

const SETTINGS = { rotation_range: 15, width_shift_range: 0.1, mixup: {}, random_erasing: {} };

const optionsOf = (settings: unknown, changes: Partial<AugmenterOptions> = {}) => ({
  dataset: images(),
  plan: { seed: 3, batch_size: 32, augmentation: Augmentation.parse(settings) },
  outputs: 3,
  threads: 1,
  ...changes,
});

async function allOf(options: AugmenterOptions, epoch = 0): Promise<Chunk[]> {
  const augmenter = new Augmenter(options);
  try {
    const order = epochOrder(ALL, true, 3, epoch);
    return await listOf(augmenter.epoch(epoch, order));
  } finally {
    await augmenter.close();
  }
}

async function listOf(chunks: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const list: Chunk[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return list;
}

const joined = (chunks: readonly Chunk[], of: (chunk: Chunk) => Iterable<number> = ({ x }) => x) =>
  chunks.flatMap((chunk) => [...of(chunk)]);

test("an epoch's rows come in its order, whole batches at a time", async () => {
  const large = { ...optionsOf({ rotation_range: 15 }), dataset: repeated(images(), 20) };
  const augmenter = new Augmenter(large);
  const order = epochOrder(Int32Array.from(Array(ROWS * 20).keys()), true, 1, 0);
  const chunks = await listOf(augmenter.epoch(0, order));
  await augmenter.close();
  expect(chunks.length).toBeGreaterThan(1);
  expect(joined(chunks, ({ rows }) => rows)).toEqual([...order]);
  for (const { rows } of chunks.slice(0, -1)) expect(rows.length % 32).toBe(0);
  for (const { rows, x, targets } of chunks) {
    expect(x.length).toBe(rows.length * SIZE);
    expect(targets).toBeUndefined();
  }
});

const repeated = (dataset: Dataset, times: number): Dataset => {
  const { x, y, count } = dataset.train;
  const train = {
    count: count * times,
    x: Uint8Array.from({ length: x.length * times }, (_, at) => x[at % x.length] ?? 0),
    y: Uint8Array.from({ length: count * times }, (_, at) => y[at % count] ?? 0),
  };
  return { ...dataset, train };
};

test("two threads make the same rows as one, and as none", async () => {
  const one = joined(await allOf(optionsOf(SETTINGS)));
  expect(joined(await allOf(optionsOf(SETTINGS, { threads: 2 })))).toEqual(one);

  const { dataset, plan } = optionsOf(SETTINGS);
  const order = epochOrder(ALL, true, 3, 0);
  const x = Uint8Array.from([...order].flatMap((row) => [...rowOf(dataset, row)]));
  const targets = Float32Array.from([...order].flatMap((row) => oneHot(row % 3)));
  const image = { height: SIDE, width: SIDE, channels: 1 };
  const setup = { augmentation: plan.augmentation, seed: 3, batchSize: 32, image };
  const direct = augmentChunk({ epoch: 0, firstBatch: 0, rows: order, x, targets }, setup);
  expect([...direct.x]).toEqual(one);
  expect(joined(await allOf(optionsOf(SETTINGS)), ({ targets: mixed }) => mixed ?? [])).toEqual([
    ...(direct.targets ?? []),
  ]);
});

const rowOf = ({ train }: Dataset, row: number) => train.x.subarray(row * SIZE, (row + 1) * SIZE);
const oneHot = (label: number) => [0, 1, 2].map((at) => (at === label ? 1 : 0));

test("each epoch draws anew, and the data set keeps its rows", async () => {
  const options = optionsOf(SETTINGS);
  const before = options.dataset.train.x.slice();
  const first = joined(await allOf(options, 0));
  expect(joined(await allOf(options, 1))).not.toEqual(first);
  expect(joined(await allOf(options, 0))).toEqual(first);
  expect(options.dataset.train.x).toEqual(before);
});

test("scaled rows are float32, and scaled after they were moved", async () => {
  const scaling = { scale: Float32Array.of(1 / 255), offset: Float32Array.of(-0.5) };
  const [bytes] = await allOf(optionsOf({ rotation_range: 15 }));
  const [scaled] = await allOf(optionsOf({ rotation_range: 15 }, { scaling }));
  expect(scaled?.x).toBeInstanceOf(Float32Array);
  const far = [...(scaled?.x ?? [])].filter(
    (value, at) => Math.abs(value - ((bytes?.x[at] ?? 0) / 255 - 0.5)) > 0.51 / 255,
  );
  expect(far).toEqual([]); // bytes are rounded to within a half
});

test("features can be mixed up and nothing else", async () => {
  const features = { ...images(), inputShape: [SIZE] };
  const chunks = await allOf(optionsOf({ mixup: {} }, { dataset: features }));
  expect(joined(chunks)).not.toEqual([...features.train.x]);
  expect(() => new Augmenter(optionsOf({ rotation_range: 3 }, { dataset: features }))).toThrow(
    expect.objectContaining({
      code: "invalid_request",
      errors: [expect.objectContaining({ path: "plan.augmentation.rotation_range" })],
    }),
  );
});

test("after closing, chunks are refused", async () => {
  const augmenter = new Augmenter(optionsOf({ rotation_range: 3 }));
  await augmenter.close();
  const next = augmenter.epoch(0, Int32Array.of(0, 1)).next();
  await expect(next).rejects.toThrow("the augmentation's thread has ended");
});

test.each(["closed", "left in the middle", "waited for"])(
  "a program ends by itself when its augmenter was %s",
  (how) => {
    const dist = new URL("../../dist/", import.meta.url);
    const program = `
      const { Augmenter } = await import(${JSON.stringify(String(new URL("augmentation/augmenter.js", dist)))});
      const { Augmentation } = await import(${JSON.stringify(import.meta.resolve("@sweepyard/contract"))});
      const train = { count: 9000, x: new Uint8Array(9000 * 784), y: new Uint8Array(9000) };
      const augmenter = new Augmenter({
        dataset: { inputShape: [28, 28], task: "classification", classNames: ["a", "b"], train, test: train },
        plan: { seed: 1, batch_size: 64, augmentation: Augmentation.parse({ rotation_range: 9 }) },
        outputs: 2, threads: 2,
      });
      let rows = 0;
      for await (const chunk of augmenter.epoch(0, Int32Array.from(Array(9000).keys()))) {
        rows += chunk.rows.length;
        if (${how === "left in the middle"}) break;
      }
      if (${how === "closed"}) await augmenter.close();
      console.log(rows > 0 ? "done" : "nothing");`;
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(said).toBe("done\n");
  },
);
