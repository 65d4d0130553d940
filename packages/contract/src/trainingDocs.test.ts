import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Callback } from "./callbacks.js";
import { ACTIVATIONS, INITIALIZERS, InitializerConfig, Layer, Regularizer } from "./layers.js";
import { Loss } from "./loss.js";
import { CnnTemplate, MlpTemplate } from "./model.js";
import { Optimizer } from "./optimizers.js";
import { LearningRateSchedule } from "./schedules.js";

const page = readFileSync(new URL("../../../docs/training.md", import.meta.url), "utf8");

interface FieldSchema {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: unknown };
}
type Shape = Readonly<Record<string, FieldSchema>>;

/** What every optimizer has stands above the table, but for a default of its own. */
const OF_ALL_OPTIMIZERS =
  /^(weight_decay|clipnorm|clipvalue|global_clipnorm|use_ema|ema_momentum|ema_overwrite_frequency)\b/;

const tagged = (options: readonly { readonly shape: object }[], tag: string): [string, Shape][] =>
  options.map(({ shape }) => {
    const { [tag]: name, ...fields } = shape as Shape;
    return [String((name as FieldSchema & { readonly value: string }).value), fields];
  });

const named: [string, Shape][] = [
  ...tagged([MlpTemplate, CnnTemplate], "template"),
  ...tagged(Layer.options, "class_name"),
  ...tagged(InitializerConfig.options, "class_name"),
  ...tagged(Regularizer.out.options, "class_name"),
  ...tagged(Optimizer.out.options, "class_name"),
  ...tagged(LearningRateSchedule.options, "class_name"),
  ...tagged(Loss.out.options, "name"),
  ...tagged(Callback.options, "class_name"),
];
const optimizers = new Set(tagged(Optimizer.out.options, "class_name").map(([name]) => name));

/** As the page writes a field: its default behind it, or bold where there is none. */
function written(field: string, schema: FieldSchema): string {
  const { success, data } = schema.safeParse(undefined);
  if (!success) return `**${field}**`;
  if (data === undefined) return field;
  return `${field} ${typeof data === "object" ? JSON.stringify(data) : String(data)}`;
}

test.each(named)("docs/training.md has %s with its fields and their defaults", (name, shape) => {
  const cells = new RegExp(`^\\| \`${name}\` +\\|([^|]*)\\|`, "m").exec(page)?.[1];
  expect(cells, `a row that begins with \`${name}\``).toBeDefined();
  const fields = Object.entries(shape)
    .filter(([field]) => field !== "name")
    .map(([field, schema]) => written(field, schema))
    .filter(
      (text) =>
        !optimizers.has(name) || !OF_ALL_OPTIMIZERS.test(text) || text === "weight_decay 0.004",
    );
  // A list of numbers has commas of its own.
  const told = (cells ?? "").trim().split(/, (?![^[]*\])/);
  expect(told.filter(Boolean).sort()).toEqual(fields.sort());
});

test("docs/training.md has every activation and initialiser, and what all optimizers have", () => {
  for (const name of [...ACTIVATIONS, ...INITIALIZERS]) expect(page).toContain(`\`${name}\``);
  const common = Object.entries(Optimizer.out.options[0].shape)
    .map(([field, schema]) => written(field, schema))
    .filter((text) => OF_ALL_OPTIMIZERS.test(text));
  for (const text of common) expect(page).toContain(text);
});
