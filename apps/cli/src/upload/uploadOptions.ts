import { DatasetName, DatasetTask } from "@sweepyard/contract";
import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { as, asList } from "../argumentParsers.js";

/** What `dataset upload` was told; which of it counts depends on the format. */
export interface UploadOptions {
  readonly name: string;
  readonly description?: string;
  readonly classes?: string[];
  readonly task?: DatasetTask;
  readonly target?: string[];
  readonly weight?: string;
  readonly ignore?: string[];
  readonly categorical?: string[];
  readonly missing?: "refuse" | "fill";
  readonly header: boolean;
  readonly delimiter?: "," | ";" | "\t" | "|";
  readonly y?: string;
  readonly weights?: string;
  readonly test?: string;
  readonly testY?: string;
  readonly testShare?: number;
  readonly testSeed?: number;
  readonly size?: [number, number];
  readonly fit?: "fill" | "cover" | "contain";
  readonly color?: "grey" | "rgb";
  readonly onError?: "skip" | "refuse";
}

const texts = asList(z.string());
const share = as(z.coerce.number().gt(0).lt(1));
const seed = as(z.coerce.number().int().min(0));

/** 28 or 28x32, height first. */
function size(text: string): [number, number] {
  const [, height, width] = /^(\d+)(?:[x×](\d+))?$/.exec(text) ?? [];
  if (height === undefined) throw new InvalidArgumentError("is no size such as 28 or 28x32");
  return [Number(height), Number(width ?? height)];
}

export function addUploadOptions(command: Command): Command {
  const choice = (flags: string, words: string, values: readonly string[]) =>
    command.addOption(new Option(flags, words).choices(values));
  command
    .requiredOption("--name <name>", "its name in plans", as(DatasetName))
    .option("--description <text>", "for people")
    .option("--classes <names>", "the classes' names by label from 0 on, by commas", texts)
    .option("--test <file>", "test rows, in the form of the first file")
    .option("--test-share <share>", "share of the rows that test where none are given", share)
    .option("--test-seed <seed>", "which rows those are", seed);
  choice("--task <task>", "what the targets are", DatasetTask.options);
  command
    .option("--target <columns>", "CSV: what is to be told from the rest, by commas", texts)
    .option("--weight <column>", "CSV: what a row counts in the training loss")
    .option("--ignore <columns>", "CSV: columns that are no features", texts)
    .option("--categorical <columns>", "CSV: columns whose numbers are names", texts)
    .option("--no-header", "CSV: the first line is a row; columns are called 0, 1, 2…")
    .option("--delimiter <character>", "CSV: between the cells", as(z.enum([",", ";", "\t", "|"])));
  choice("--missing <what>", "CSV: what to do about empty cells", ["refuse", "fill"]);
  command
    .option("--y <file>", "NPY: the targets of the first file's rows")
    .option("--weights <file>", "NPY: what a row counts in the training loss")
    .option("--test-y <file>", "NPY: the targets of the test rows")
    .option("--size <pixels>", "images: 28, or 28x32 for height and width", size);
  choice("--fit <how>", "images: how others come to that size", ["fill", "cover", "contain"]);
  choice("--color <mode>", "images: grey or rgb", ["grey", "rgb"]);
  choice("--on-error <what>", "images: skip those that can't be read, or refuse all", [
    "skip",
    "refuse",
  ]);
  return command;
}
