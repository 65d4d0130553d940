import { parseArgs } from "node:util";
import { AppError } from "@sweepyard/contract";
import { openBaselineFolder } from "./baselineFolder.js";
import { compareBaselines } from "./compareBaselines.js";
import { SECTIONS } from "./sections.js";

const USAGE = `usage: pnpm baselines FOLDER [options]

Compares samplers, pruners and evaluators with the figures recorded in FOLDER.

  --section NAME   only this part; may be repeated: ${SECTIONS.map(({ name }) => name).join(", ")}
  --sampler NAME   only this sampler, by its recorded name; may be repeated
  --problem NAME   only this problem; may be repeated
  --seeds N        only the first N of the recorded seeds`;

process.exitCode = main(process.argv.slice(2));

/** @returns 0 if all passed, 1 if something failed, 2 if the command was not understood. */
function main(args: string[]): number {
  try {
    const { folder, sections, options } = readArguments(args);
    return compareBaselines(openBaselineFolder(folder), { sections, options, print: console.log });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    console.error(error.message);
    return 2;
  }
}

function readArguments(args: string[]) {
  const { values, positionals } = parse(args);
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) throw new AppError("invalid_request", USAGE);
  const unknown = values.section?.find((name) => !SECTIONS.some((each) => each.name === name));
  if (unknown !== undefined)
    throw new AppError("invalid_request", `there is no section "${unknown}"\n\n${USAGE}`);
  const seeds = values.seeds === undefined ? undefined : Number(values.seeds);
  if (seeds !== undefined && !(Number.isInteger(seeds) && seeds >= 1))
    throw new AppError("invalid_request", `--seeds must be a whole number from 1 on`);
  const { sampler: samplers, problem: problems } = values;
  const sections = SECTIONS.filter(
    ({ name, searches }) =>
      (values.section?.includes(name) ?? true) &&
      (searches || (samplers === undefined && problems === undefined)),
  );
  return { folder, sections, options: { samplers, problems, seeds } };
}

function parse(args: string[]) {
  const many = { type: "string", multiple: true } as const;
  const options = {
    section: many,
    sampler: many,
    problem: many,
    seeds: { type: "string" },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("invalid_request", `${reason}\n\n${USAGE}`, { cause: error });
  }
}
