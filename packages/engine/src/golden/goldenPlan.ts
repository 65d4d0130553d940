import { TrainPlan } from "@sweepyard/contract";
import type { KerasConfig, ModelCase } from "./goldenCase.js";

/**
 * The plan of a case. What Keras writes out although it is the default or off is dropped; what a
 * plan has no word for stays, so that the schema names it.
 * @throws {ZodError} where the case has something that plans do not have.
 */
export function goldenPlan({ model, optimizer, loss, data, fit }: ModelCase): TrainPlan {
  return TrainPlan.parse({
    data: { dataset: "golden", preprocessing: "none" },
    model: { layers: model.config.layers.map(layerOf) },
    optimizer: optimizer && optimizerOf(optimizer),
    loss: withoutOff(loss),
    class_weight: data.class_weight,
    batch_size: fit?.batch_size,
    epochs: fit?.epochs,
    validation_split: fit?.validation_split ?? 0,
    shuffle: fit?.shuffle ?? false,
    callbacks: fit?.callbacks?.map(callbackOf),
  });
}

type Fields = Readonly<Record<string, unknown>>;

function layerOf({ class_name, config }: KerasConfig): Fields {
  const { trainable: _, batch_input_shape: __, dtype: ___, ...rest } = config;
  const fields: Record<string, unknown> = { class_name };
  for (const [key, value] of Object.entries(rest)) {
    if (value === null || isDefault(key, value)) continue;
    if (key.endsWith("_regularizer")) fields[key] = flat(value as KerasConfig);
    else if (class_name === "LeakyReLU" && key === "alpha") fields.negative_slope = value;
    else fields[key] = value;
  }
  return fields;
}

/** Values that say what layers of a plan always do. */
function isDefault(key: string, value: unknown): boolean {
  switch (key) {
    case "data_format":
      return value === "channels_last";
    case "dilation_rate":
      return [value].flat().every((rate) => rate === 1);
    case "axis":
      return true; // the last one, by the form of the cases
    default:
      return false;
  }
}

function optimizerOf({ name, learning_rate: rate, ...rest }: Fields): Fields {
  const learning_rate =
    typeof rate === "object" && rate !== null ? flat(rate as KerasConfig) : rate;
  return { class_name: name, learning_rate, ...withoutOff(rest) };
}

function callbackOf({ class_name, config }: KerasConfig): Fields {
  const { verbose: _, ...rest } = config;
  return { class_name, ...withoutNull(rest) };
}

const flat = ({ class_name, config }: KerasConfig): Fields => ({
  class_name,
  ...withoutNull(config),
});

/** Options that are null, false or 0 by default change nothing. */
const withoutOff = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(withoutNull(fields)).filter(
      ([key, value]) => value !== false && !(key === "label_smoothing" && value === 0),
    ),
  );

const withoutNull = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
