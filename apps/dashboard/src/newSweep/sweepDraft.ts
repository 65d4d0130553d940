import { type Dimension, Optimizer, planParams, type SweepView } from "@sweepyard/contract";
import type { FieldSpec } from "./schemaFields.js";

/** A sweep as a person is writing it: what would be submitted, right or not yet. */
export type Draft = Readonly<Record<string, unknown>>;
export type Path = readonly string[];

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const readAt = (draft: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      Array.isArray(value) ? value[Number(key)] : isRecord(value) ? value[key] : undefined,
    draft,
  );

/** A copy with another value at `path`; undefined takes the field, or the list's entry, out. */
export function writeAt(draft: Draft, path: Path, value: unknown): Draft {
  const changed = write(draft, path, value);
  return isRecord(changed) ? changed : draft;
}

function write(inner: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(inner)) {
    const at = Number(key);
    const changed = write(inner[at], rest, value);
    return changed === undefined ? inner.toSpliced(at, 1) : inner.toSpliced(at, 1, changed);
  }
  const record = isRecord(inner) ? inner : {};
  const changed = write(record[key], rest, value);
  if (changed !== undefined) return { ...record, [key]: changed };
  const { [key]: _gone, ...others } = record;
  return others;
}

/** The dimension that a field of the plan stands for, or null. */
export function paramAt(draft: Draft, path: Path): string | null {
  const value = readAt(draft, path);
  return isRecord(value) && typeof value.$param === "string" ? value.$param : null;
}

/** Dimensions in order, whatever is written in them. */
export const dimensionsOf = (draft: Draft): [name: string, dimension: unknown][] =>
  isRecord(draft.space) ? Object.entries(draft.space) : [];

/** Lets a field of the plan vary: a dimension named like the field, over a usual range. */
export function vary(draft: Draft, path: Path, field: FieldSpec): Draft {
  const taken = dimensionsOf(draft).map(([name]) => name);
  const [last = "param", parent = "plan"] = [...path].reverse();
  const name = [
    last,
    `${parent}_${last}`,
    ...Array.from({ length: 99 }, (_, n) => `${last}_${n + 2}`),
  ]
    .map((each) => each.replace(/\W/g, "_"))
    .find((each) => !taken.includes(each));
  if (name === undefined) return draft;
  const varied = writeAt(draft, ["space", name], usualDimension(field, readAt(draft, path)));
  return writeAt(varied, path, { $param: name });
}

/** Takes a dimension out of the space, and whatever refers to it back to its default. */
export function fix(draft: Draft, name: string): Draft {
  const withoutRange = writeAt(draft, ["space", name], undefined);
  return planParams(draft.plan)
    .filter(({ param }) => param === name)
    .reduce(
      (changed, { path }) => writeAt(changed, ["plan", ...path.split(".")], undefined),
      withoutRange,
    );
}

/** A range to begin with: around the field's value, within what the field may be. */
export function usualDimension(field: FieldSpec, value: unknown): Dimension {
  if (field.kind === "boolean") return { type: "categorical", choices: [false, true] };
  if (field.kind === "choice")
    return {
      type: "categorical",
      choices: field.choices.map((choice) => (choice === "" ? null : choice)),
    };
  const middle = [value, field.usual].find((each) => typeof each === "number");
  if (field.name === "learning_rate" || field.name.endsWith("decay"))
    return { type: "float", low: 1e-4, high: 1e-2, log: true };
  if (field.kind === "integer") {
    const [low, high] = within(
      field,
      Math.round((middle ?? 2) / 2),
      Math.max(2, (middle ?? 2) * 2),
    );
    return { type: "int", low, high, log: false, step: 1 };
  }
  if (field.kind === "number") {
    const [low, high] = within(field, 0, middle === undefined || middle === 0 ? 0.5 : middle * 2);
    return { type: "float", low, high, log: false };
  }
  const choices = middle === undefined ? [value ?? field.usual ?? null] : [middle, middle * 2];
  return { type: "categorical", choices: choices as [] };
}

const within = ({ least, most }: FieldSpec, low: number, high: number): [number, number] => [
  Math.max(least ?? low, low),
  // The end of a share is often left out of it.
  most === null ? high : Math.min(most <= 1 ? most * 0.9 : most, high),
];

/** A draft of a sweep that is there already, to be changed and submitted anew. */
export function draftOf(sweep: SweepView): Draft {
  const { plan } = sweep;
  // The latest version of the data is likelier to be meant than that of back then.
  const data = isRecord(plan.data) ? writeAt(plan.data, ["version"], undefined) : plan.data;
  const draft = {
    name: `${sweep.name} (copy)`.slice(0, 200),
    description: sweep.description === "" ? undefined : sweep.description,
    plan: data === undefined ? plan : { ...plan, data },
    trainer: sweep.trainer.kind === "engine" ? undefined : sweep.trainer,
    space: sweep.space,
    sampler: sweep.sampler,
    pruner: sweep.pruner.name === "none" ? undefined : sweep.pruner,
    ...(sweep.objectives.length > 1
      ? { objectives: sweep.objectives }
      : { objective: sweep.objective }),
    constraints: sweep.constraints.length === 0 ? undefined : sweep.constraints,
    repeats: sweep.repeats === 1 ? undefined : sweep.repeats,
    folds: sweep.folds ?? undefined,
    budget: Object.keys(sweep.budget).length === 0 ? undefined : sweep.budget,
    target: sweep.target ?? undefined,
    terminator: sweep.terminator ?? undefined,
    parallelism: sweep.parallelism ?? undefined,
    priority: sweep.priority === 50 ? undefined : sweep.priority,
    weight: sweep.weight === 1 ? undefined : sweep.weight,
    seed: sweep.seed === 0 ? undefined : sweep.seed,
    tags: sweep.tags.length === 0 ? undefined : sweep.tags,
    warm_start: sweep.warmStart.length === 0 ? undefined : { sweeps: sweep.warmStart },
    promote: sweep.promote ?? undefined,
  };
  const said = Object.entries(draft).filter(([, value]) => value !== undefined);
  return withOptimizerFields(Object.fromEntries(said));
}

/** The draft with the fields of an optimizer of which only the name is written. */
export function withOptimizerFields(draft: Draft): Draft {
  const at = ["plan", "optimizer"];
  const written = readAt(draft, at);
  const { data } = Optimizer.safeParse(written);
  if (typeof written !== "string" || data === undefined) return draft;
  return writeAt(draft, at, { class_name: data.class_name });
}

/** What is submitted: a sweep that nobody has named is called by what varies in it. */
export function named(draft: Draft): Draft {
  if (typeof draft.name !== "string" || draft.name.trim() !== "") return draft;
  const name = dimensionsOf(draft)
    .map(([dimension]) => dimension)
    .join(" × ");
  return { ...draft, name: name.slice(0, 200) };
}

/** What the form begins with: the network of the example over learning rates and depths. */
export const starterDraft = (dataset: string): Draft => ({
  name: "",
  plan: {
    data: { dataset },
    model: { template: "mlp", depth: { $param: "depth" }, units: [512, 256, 128] },
    optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
    batch_size: 64,
    epochs: 15,
    validation_split: 0.2,
  },
  space: {
    learning_rate: { type: "float", low: 1e-4, high: 1e-2, log: true },
    depth: { type: "int", low: 1, high: 3 },
  },
  sampler: { name: "tpe" },
  pruner: { name: "median" },
  objective: { metric: "val_accuracy", direction: "maximize" },
  budget: { runs: 20 },
});

/**
 * Another variant of the object at `path`, told by its `tag`: fields that both have stay, and
 * dimensions that only the others referred to leave the space.
 */
export function changeVariant(
  draft: Draft,
  path: Path,
  [tag, name]: readonly [string, string],
  fields: readonly FieldSpec[],
): Draft {
  const old = readAt(draft, path);
  const entries = isRecord(old) ? Object.entries(old) : [];
  const kept = entries.filter(([key]) => fields.some((field) => field.name === key));
  const dropped = entries.filter(([key]) => key !== tag && !kept.some(([other]) => other === key));
  const used = (values: unknown) => planParams(values).map(({ param }) => param);
  const fixed = used(Object.fromEntries(dropped)).reduce(fix, draft);
  return writeAt(fixed, path, { [tag]: name, ...Object.fromEntries(kept) });
}
