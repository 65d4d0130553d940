import { z } from "zod";
import type { FieldError } from "./appError.js";
import type { Params } from "./paramValue.js";
import { strictObject } from "./strictObject.js";

/** What a command may ask of its run: `{"$run": "seed"}`. */
export const RunWord = z.enum([
  "id",
  "number",
  "attempt",
  "seed",
  "repeat",
  "fold",
  /** All params, as one JSON text. */
  "params",
  /** Where the program keeps what it goes on from. */
  "checkpoint_dir",
]);
export type RunWord = z.infer<typeof RunWord>;

const Reference = z.union([strictObject({ $param: z.string() }), strictObject({ $run: RunWord })]);
const Literal = z.union([z.string().max(10_000), z.number(), z.boolean()]);
const Piece = z.union([Literal, Reference]);

/** A text, something of the run, or a text put together: `{"$text": ["lr=", {"$param": "lr"}]}`. */
const Word = z.union([Piece, strictObject({ $text: z.array(Piece).min(1).max(50) })]);
type Word = z.infer<typeof Word>;

const EnvName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is no name of a variable");
const ExitCode = z.int().min(1).max(255);

/** A program that a worker runs for each run, where the worker allows it. No shell reads any of it. */
export const CommandTrainer = strictObject({
  kind: z.literal("command"),
  /**
   * The program and its arguments. A list within the list stays together: where one of its params
   * is not part of the point, all of it is left out.
   */
  command: z
    .array(z.union([Word, z.array(Word).min(1).max(50)]))
    .min(1)
    .max(200),
  /** Variables beside the few that workers pass on. */
  env: z.record(EnvName, Word).default({}),
  /** Steps that a run reports at most; what budgets in epochs count. */
  steps: z.int().min(1).max(10_000_000).optional(),
  /** The program goes on from what it finds in its checkpoint folder; else a later attempt starts over. */
  checkpoints: z.boolean().default(false),
  /** Of one attempt. */
  time_limit_s: z
    .number()
    .positive()
    .max(30 * 86_400)
    .default(86_400),
  /** Resident memory of the program and its children together. */
  memory_mb: z.int().min(1).max(16_777_216).optional(),
  /** Most that the files it leaves, and its checkpoint, may take. */
  files_mb: z.int().min(1).max(1_048_576).default(1_024),
  /** Between being asked to stop (SIGTERM) and being killed. */
  stop_grace_s: z.number().min(0).max(600).default(10),
  exit_codes: strictObject({
    /** The run has diverged: a result, and not tried again. */
    diverged: ExitCode.optional(),
    /** The program has given the run up by itself. */
    pruned: ExitCode.optional(),
    /** Failures that another attempt would not mend; 2 is what argparse ends with. */
    no_retry: z.array(ExitCode).max(50).default([2]),
  }).prefault({}),
});
export type CommandTrainer = z.infer<typeof CommandTrainer>;

/** Of what a command says of its run. */
export interface CommandRun {
  readonly params: Params;
  readonly words: Readonly<Record<RunWord, string | undefined>>;
}

/**
 * The program with its arguments, and its variables, as one run gets them: texts as they are, all
 * else as JSON. A word whose param is not part of the point is left out.
 */
export function resolveCommand(
  { command, env }: Pick<CommandTrainer, "command" | "env">,
  run: CommandRun,
): { words: string[]; env: Record<string, string> } {
  const words = command.flatMap((word) => {
    if (!Array.isArray(word)) return textOf(word, run) ?? [];
    const group = word.map((part) => textOf(part, run));
    return group.some((part) => part === undefined) ? [] : group.map(String);
  });
  const variables = Object.entries(env).flatMap(([name, word]) => {
    const text = textOf(word, run);
    return text === undefined ? [] : [[name, text] as const];
  });
  return { words, env: Object.fromEntries(variables) };
}

function textOf(word: Word, run: CommandRun): string | undefined {
  if (typeof word !== "object") return String(word);
  if ("$run" in word) return run.words[word.$run];
  if ("$text" in word) {
    const pieces = word.$text.map((piece) => textOf(piece, run));
    return pieces.includes(undefined) ? undefined : pieces.join("");
  }
  const value = Object.hasOwn(run.params, word.$param) ? run.params[word.$param] : undefined;
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Every reference of a command, with its dotted path within the sweep. */
function references({ command, env }: CommandTrainer): { path: string; word: Word }[] {
  const flat = (word: Word, path: string): { path: string; word: Word }[] =>
    typeof word === "object" && "$text" in word
      ? word.$text.map((piece, index) => ({ path: `${path}.$text.${index}`, word: piece }))
      : [{ path, word }];
  return [
    ...command.flatMap((word, index) => {
      const path = `trainer.command.${index}`;
      if (!Array.isArray(word)) return flat(word, path);
      return word.flatMap((part, place) => flat(part, `${path}.${place}`));
    }),
    ...Object.entries(env).flatMap(([name, word]) => flat(word, `trainer.env.${name}`)),
  ];
}

/**
 * Variables by which loaders and interpreters run other code than the program's: who may choose a
 * program's variables must not choose another program.
 */
const LOADER_VARIABLES =
  /^(PATH|IFS|ENV|BASH_.*|SHELLOPTS|LD_.*|DYLD_.*|GCONV_PATH|NODE_.*|PYTHON(?!HASHSEED$|UNBUFFERED$|IOENCODING$).*|PERL.*|RUBY.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|GIT_.*|SWEEPYARD_.*)$/i;

/** What is wrong with a command in this space. */
export function commandErrors(
  trainer: CommandTrainer,
  { space, folds }: { readonly space: object; readonly folds: number | undefined },
): FieldError[] {
  const errors: FieldError[] = [];
  const fail = (path: string, rule: string, message: string) =>
    errors.push({ path, rule, message });
  const [program] = trainer.command;
  if (typeof program !== "string" || program === "")
    fail(
      "trainer.command.0",
      "not_a_program",
      "is the program, and must be a text: a param can't choose it",
    );
  for (const name of Object.keys(trainer.env))
    if (LOADER_VARIABLES.test(name))
      fail(
        `trainer.env.${name}`,
        "reserved_variable",
        "is set by the worker, or decides what code runs: take another name",
      );
  const used = references(trainer);
  const params = new Set<string>();
  const ofRun = new Set<RunWord>();
  for (const { path, word } of used) {
    if (typeof word !== "object") continue;
    if ("$run" in word) ofRun.add(word.$run);
    if (!("$param" in word)) continue;
    params.add(word.$param);
    if (!Object.hasOwn(space, word.$param))
      fail(
        path,
        "unknown_dimension",
        `refers to $param "${word.$param}", which the space does not have`,
      );
  }
  if (!ofRun.has("params"))
    for (const name of Object.keys(space))
      if (!params.has(name))
        fail(
          `space.${name}`,
          "unused_dimension",
          `is not used: put {"$param": "${name}"}, or {"$run": "params"} for all of them, into the command or its env`,
        );
  if (folds !== undefined && !ofRun.has("fold"))
    fail(
      "folds",
      "unused_fold",
      'no word of the command is {"$run": "fold"}: all folds would be alike',
    );
  return errors;
}
