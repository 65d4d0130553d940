import { type Layer, TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeModel } from "../model/describeModel.js";
import { initialWeights } from "../model/initialWeights.js";
import { modelTask } from "../model/modelTask.js";
import { createUniform } from "../random.js";
import { exportTrained } from "./exportTrained.js";
import { measureExport } from "./measureExport.js";
import type { TrainedModel } from "./trainedModel.js";

const INPUT = 6;

/** A network as it is initialised, whose last layer answers as `layer` says. */
function network(classNames: readonly string[], layer: Partial<Layer>, loss?: string) {
  const layers = [
    { class_name: "Dense", units: 8, activation: "relu" },
    { class_name: "BatchNormalization" },
    { class_name: "Dense", ...layer },
  ];
  const plan = TrainPlan.parse({
    data: { dataset: "x" },
    model: { layers },
    ...(loss !== undefined && { loss }),
  });
  const data = { inputShape: [INPUT], classNames, task: "classification" } as const;
  const weights = initialWeights(describeModel(plan.model, modelTask(plan, data)), 3);
  const scaling = {
    scale: Float32Array.from({ length: INPUT }, (_, at) => 1 + at / 4),
    offset: new Float32Array(INPUT).fill(-0.3),
  };
  return { plan, data, weights, scaling };
}

const classifier = (): TrainedModel =>
  network(["a", "b", "c"], { units: 3, activation: "softmax" } as Partial<Layer>);

function rows(count: number, classes: number) {
  const next = createUniform(5, 0, 0);
  const x = Float32Array.from({ length: count * INPUT }, () => next());
  return { count, x, y: Uint8Array.from({ length: count }, (_, row) => row % classes) };
}

const none = () => new Float32Array();

test.each(["onnx", "tflite-float32", "tfjs", "keras", "safetensors"] as const)(
  "a %s file is run on the first 1,000 test rows, or on all",
  async (format) => {
    const trained = classifier();
    const bytes = await exportTrained(trained, format, none);
    const test = rows(1200, 3);
    const checked = await measureExport(trained, format, bytes, test);
    expect(checked).toMatchObject({ rows: 1000, testRows: 1200, agreement: 1 });
    expect(checked.largestDifference).toBeLessThan(1e-5);
    const whole = await measureExport(trained, format, bytes, test, { whole: true });
    expect(whole).toMatchObject({ rows: 1200, testRows: 1200, agreement: 1 });
  },
);

test("a model of two classes with one output is compared by both classes", async () => {
  const trained = network(
    ["no", "yes"],
    { units: 1, activation: "sigmoid" } as Partial<Layer>,
    "binary_crossentropy",
  );
  const bytes = await exportTrained(trained, "keras", none);
  const figures = await measureExport(trained, "keras", bytes, rows(100, 2));
  expect(figures).toMatchObject({ rows: 100, agreement: 1 });
});

test.each(["tflite-float32", "keras", "safetensors"] as const)(
  "a %s file with the weights of another model is refused",
  async (format) => {
    const trained = classifier();
    const kernel = [...trained.weights].map(([name, { shape, data }]) => {
      const changed = name.endsWith("kernel") ? data.map((value) => value * 2) : data;
      return [name, { shape, data: changed }] as const;
    });
    const other = await exportTrained({ ...trained, weights: new Map(kernel) }, format, none);
    await expect(measureExport(trained, format, other, rows(50, 3))).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining(`the ${format} file does not do what the model does`),
    });
  },
);

test("half a .keras file is refused", async () => {
  const trained = classifier();
  const whole = await exportTrained(trained, "keras", none);
  const half = whole.subarray(0, whole.length >> 1);
  await expect(measureExport(trained, "keras", half, rows(50, 3))).rejects.toMatchObject({
    code: "data_invalid",
  });
});

const python = process.env.SWEEPYARD_TENSORFLOW_PYTHON;

test.skipIf(python === undefined).each(["tflite-int8", "keras"] as const)(
  "where there is TensorFlow it runs a %s file and times it",
  async (format) => {
    const trained = classifier();
    const test = rows(700, 3);
    const bytes = await exportTrained(trained, format, () => test.x);
    const figures = await measureExport(trained, format, bytes, test, { python });
    expect(figures.rows).toBe(700);
    expect(figures.agreement).toBeGreaterThan(0.9);
    expect(figures.latencyMs).toBeGreaterThan(0);
    expect(figures.measuredWith).toMatch(/^(Keras|TensorFlow Lite's interpreter) \d/);
  },
  120_000,
);
