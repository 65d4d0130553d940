import type { BaselineFolder } from "./baselineFolder.js";

/** One thing compared with what was recorded: a line of the command's output. */
export interface Comparison {
  readonly name: string;
  /** Skipped: recorded, but nothing here can be compared with it; the detail says why. */
  readonly outcome: "passed" | "failed" | "skipped";
  readonly detail: string;
}

export interface BaselineOptions {
  /** Recorded names, such as `tpe_indep`; absent: all. */
  readonly samplers?: readonly string[];
  /** Ids, such as `hartmann6`; absent: all. */
  readonly problems?: readonly string[];
  /** At most so many of the recorded seeds; absent: all. */
  readonly seeds?: number;
}

/** A part of a folder of baselines. A folder that lacks the part yields nothing. */
export interface Section {
  readonly name: string;
  /** Whether `samplers` and `problems` choose among its comparisons; else it runs without them only. */
  readonly searches: boolean;
  compare(folder: BaselineFolder, options: BaselineOptions): Iterable<Comparison>;
}

/** Whether `name` is among those asked for. */
export const isChosen = (chosen: readonly string[] | undefined, name: string): boolean =>
  chosen === undefined || chosen.includes(name);
