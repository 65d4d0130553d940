import { z } from "zod";
import type { ParamValue } from "./paramValue.js";
import { strictObject } from "./strictObject.js";

/** Steps that a run of a trainer outside Sweepyard reports at most; what budgets in epochs count. */
const steps = z.int().min(1).max(10_000_000).optional();

/** A word of a program's arguments or environment: text with `{param}` in it, or one param. */
const Word = z.union([z.string().max(10_000), strictObject({ $param: z.string() })]);

/** What trains a sweep's runs. */
export const SweepTrainer = z.discriminatedUnion("kind", [
  /** Sweepyard's own engines, by the plan. */
  strictObject({ kind: z.literal("engine") }),
  /** Whoever asks for runs over the API and tells what became of them. */
  strictObject({ kind: z.literal("external"), steps }),
  /** A program, on workers that allow it. */
  strictObject({
    kind: z.literal("command"),
    /** The program and its arguments; no shell reads them. */
    command: z.array(Word).min(1).max(200),
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), Word).default({}),
    /** Its working directory; absent: an empty folder of the run's own. */
    cwd: z.string().min(1).max(4_000).optional(),
    timeout_s: z
      .number()
      .positive()
      .max(30 * 86_400)
      .default(86_400),
    /** Resident memory of the program and its children. */
    memory_mb: z.int().min(16).max(16_777_216).optional(),
    steps,
  }),
]);
export type SweepTrainer = z.infer<typeof SweepTrainer>;
export type CommandTrainer = Extract<SweepTrainer, { kind: "command" }>;

export const TrainerKind = z.enum(["engine", "external", "command"]);
export type TrainerKind = z.infer<typeof TrainerKind>;

const PLACE = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The params that a command names, with the field that names each. */
export function commandParams({ command, env }: CommandTrainer): { path: string; param: string }[] {
  const words: [string, z.infer<typeof Word>][] = [
    ...command.map((word, index) => [`trainer.command.${index}`, word] as [string, typeof word]),
    ...Object.entries(env).map(
      ([name, word]) => [`trainer.env.${name}`, word] as [string, typeof word],
    ),
  ];
  return words.flatMap(([path, word]) =>
    typeof word === "string"
      ? [...word.matchAll(PLACE)].map((match) => ({ path, param: match[1] ?? "" }))
      : [{ path, param: word.$param }],
  );
}

/**
 * The word with the params in it: texts as they are, all else as JSON. A param that is not part of
 * the point (its condition does not hold) is empty text, and undefined where it is the whole word.
 */
export function fillWord(
  word: z.infer<typeof Word>,
  params: Readonly<Record<string, ParamValue>>,
): string | undefined {
  const textOf = (name: string): string | undefined => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  if (typeof word !== "string") return textOf(word.$param);
  return word.replace(PLACE, (_, name: string) => textOf(name) ?? "");
}
