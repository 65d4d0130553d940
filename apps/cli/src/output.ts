import process from "node:process";
import { type Colors, colorsFor } from "./format/colors.js";

/** Where a command's answer and its progress go. */
export interface Output {
  readonly json: boolean;
  readonly colors: Colors;
  /** The answer, on stdout: one line of JSON with --json, else the text that `render` makes. */
  answer(value: unknown, render: () => string): void;
  /** Progress, on stderr, so that stdout holds nothing but the answer. */
  progress(text: string): void;
}

export function createOutput({ json }: { readonly json: boolean }): Output {
  return {
    json,
    colors: colorsFor(process.stdout, process.env),
    answer(value, render) {
      process.stdout.write(`${json ? JSON.stringify(value) : render()}\n`);
    },
    progress(text) {
      process.stderr.write(`${text}\n`);
    },
  };
}
