import type { DatasetOptionsInput, Estimate, Prediction } from "@sweepyard/contract";
import { encodeNpy } from "@sweepyard/engine";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemOf, requestOf, startTestApi, type TestApi } from "../testing/startTestApi.js";
import { trainRun } from "../testing/trainRun.js";

/** What models that are no classifiers of byte pictures answer. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await served(
    "houses",
    HOUSES,
    { format: "csv", target: ["price", "tax"] },
    { loss: "mean_squared_error" },
  );
  await served("signs", SIGNS, { format: "csv", target: "sign" }, { loss: "binary_crossentropy" });
  await served(
    "tagged",
    TAGS,
    { format: "csv", target: ["big", "red"], task: "multi_label" },
    { loss: "binary_crossentropy" },
  );
}, 60_000);
afterAll(() => api?.stop());

const SIDE = 6;
const SIZE = SIDE * SIDE;

/** Numbers from -1 to 1, in a fixed order without a pattern. */
const noise = (at: number): number => Math.sin(at * 12.9898) % 1;
const table = (head: string, line: (x: number, y: number) => string): string =>
  [head, ...Array.from({ length: 200 }, (_, at) => line(noise(at), noise(at + 1000)))].join("\n");

const HOUSES = table("area,rooms,price,tax", (x, y) => `${x},${y},${100 * x + 20},${y - 3}`);
const SIGNS = table("x,y,sign", (x, y) => `${x},${y},${x + y > 0 ? "plus" : "minus"}`);
const TAGS = table("x,y,big,red", (x, y) => `${x},${y},${x > 0 ? 1 : 0},${y > 0 ? 1 : 0}`);

/** Uploads, trains and promotes under one name. */
async function served(
  name: string,
  train: string | Uint8Array<ArrayBuffer>,
  options: DatasetOptionsInput,
  changes: object = {},
): Promise<void> {
  await api.client.datasets.create({ name, options, files: { train: new Blob([train]) } });
  await promoted(name, changes);
}

async function promoted(name: string, changes: object = {}): Promise<void> {
  const { id } = await api.client.runs.create({
    plan: {
      data: { dataset: name },
      model: { template: "mlp", depth: 1, units: 16 },
      optimizer: { class_name: "Adam", learning_rate: 0.05 },
      ...{ batch_size: 20, epochs: 40, ...changes },
    },
  });
  await trainRun(api.db, id);
  await api.client.runs.promote(id, { model: name });
}

const predict = (model: string, instances: unknown[][], top_k?: number) =>
  api.client.models.predict(model, { instances, ...(top_k && { top_k }) });

describe("a regression", () => {
  test("answers values by its targets' names, whatever top_k says", async () => {
    const answer = await predict(
      "houses",
      [
        [0.5, 0.2],
        [-0.5, -0.4],
      ],
      1,
    );
    expect(answer.task).toBe("regression");
    const [first, second] = answer.predictions as Estimate[][];
    expect(first?.map(({ label, name }) => [label, name])).toEqual([
      [0, "price"],
      [1, "tax"],
    ]);
    expect(first?.[0]?.value).toBeCloseTo(70, -1.5);
    expect(second?.[0]?.value).toBeCloseTo(-30, -1.5);
    expect(second?.[1]?.value).toBeLessThan(0);
  });

  test("takes numbers that are no pixels, and refuses what is no number of 32 bits", async () => {
    for (const [row, status] of [
      [[-1e6, 3000.5], 200],
      [[1e39, 0], 400],
      [[null, 0], 400],
      [[1, 2, 3], 422],
    ] as const) {
      const init = {
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ instances: [row] }),
      };
      const response = await requestOf(api)("POST", "/api/v1/models/houses/predict", init);
      expect([row, response.status]).toEqual([row, status]);
      if (status !== 200) expect((await problemOf(response)).detail).toMatch(/^instances\.0/);
    }
  });

  test("has no pictures", async () => {
    const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    const picture = new Blob([Uint8Array.from(png)], { type: "image/png" });
    await expect(api.client.models.predictImage("houses", picture)).rejects.toThrow(
      /takes inputs of shape \[2\], which no greyscale picture has/,
    );
  });

  test("answers KServe's protocol with its predictions, and takes no pixels by it", async () => {
    const infer = (datatype: string) =>
      requestOf(api)("POST", "/v2/models/houses/infer", {
        body: JSON.stringify({
          inputs: [{ name: "features", shape: [1, 2], datatype, data: [1, 0] }],
        }),
      });
    const answer = await (await infer("FP32")).json();
    expect(answer).toMatchObject({ outputs: [{ name: "predictions", shape: [1, 2] }] });
    expect((await infer("UINT8")).status).toBe(400);
  });
});

test("a binary model names both classes, the likelier one first", async () => {
  const answer = await predict("signs", [
    [0.9, 0.8],
    [-0.9, -0.8],
  ]);
  const named = (answer.predictions as Prediction[][]).map((row) => row.map(({ name }) => name));
  expect(answer.task).toBe("classification");
  expect(named).toEqual([
    ["plus", "minus"],
    ["minus", "plus"],
  ]);
  for (const row of answer.predictions as Prediction[][])
    expect(row.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
});

test("labels each have a probability of their own, in their order", async () => {
  const answer = await predict(
    "tagged",
    [
      [-0.9, 0.9],
      [0.9, 0.9],
    ],
    1,
  );
  expect(answer.task).toBe("multi_label");
  const [first, both] = answer.predictions as Prediction[][];
  expect(first?.map(({ name }) => name)).toEqual(["big", "red"]);
  expect(first?.map(({ probability }) => Math.round(probability))).toEqual([0, 1]);
  expect(both?.map(({ probability }) => Math.round(probability))).toEqual([1, 1]);
});

test.each([
  ["0 to 1, as floats", 1],
  ["0 to 255, as floats", 255],
])("pictures that were trained as %s are read as the bytes are", async (_what, most) => {
  const name = `floats-${most}`;
  // The frame is dark, as a photograph's ground would be.
  const pixel = (at: number, label: number) => {
    const [line, column] = [Math.floor(at / SIDE) % SIDE, at % SIDE];
    const isFramed = line > 0 && line < SIDE - 1 && column > 0 && column < SIDE - 1;
    return isFramed && Number(column >= SIDE / 2) === label ? most : 0;
  };
  const x = Float32Array.from({ length: 120 * SIZE }, (_, at) =>
    pixel(at, Math.floor(at / SIZE) % 2),
  );
  const y = Int32Array.from({ length: 120 }, (_, row) => row % 2);
  const files = {
    trainX: encodeNpy({ shape: [120, SIDE, SIDE], data: x }),
    trainY: encodeNpy({ shape: [120], data: y }),
  };
  await api.client.datasets.create({
    name,
    options: { format: "npy", class_names: ["left", "right"] },
    files: Object.fromEntries(
      Object.entries(files).map(([part, bytes]) => [part, new Blob([Uint8Array.from(bytes)])]),
    ),
  });
  await promoted(name, { optimizer: { class_name: "Adam", learning_rate: 0.01 } });
  const right = Array.from({ length: SIZE }, (_, at) => pixel(at, 1));
  const { predictions } = await predict(name, [right]);
  expect(predictions[0]?.[0]?.name).toBe("right");
  const bytes = Uint8Array.from(right, (value) => (value / most) * 255);
  const png = await sharp(bytes, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .png()
    .toBuffer();
  const picture = new Blob([Uint8Array.from(png)], { type: "image/png" });
  const ofPicture = await api.client.models.predictImage(name, picture);
  expect(ofPicture.predictions).toEqual(predictions);
});
