import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "@sweepyard/contract";
import type { z } from "zod";

/** A folder of recorded figures: JSON files in which NaN and the infinities are strings. */
export interface BaselineFolder {
  /**
   * What `file` holds, or null if the folder has no such file.
   * @throws {AppError} `invalid_request` if it is not of the form that `schema` asks for.
   */
  read<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> | null;
}

/** @throws {AppError} `invalid_request` if `path` is not a folder. */
export function openBaselineFolder(path: string): BaselineFolder {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new AppError("invalid_request", `${path} is not a folder of baselines`);
  return {
    read(file, schema) {
      const full = join(path, file);
      if (!existsSync(full)) return null;
      const parsed = schema.safeParse(parseJson(full));
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      throw new AppError(
        "invalid_request",
        `${full} is not of the baselines' form: ${issue?.path.join(".")}: ${issue?.message}`,
      );
    },
  };
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"), (_, value) => revive(value));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new AppError("invalid_request", `${file} is not JSON: ${error.message}`, {
      cause: error,
    });
  }
}

const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

const revive = (value: unknown): unknown => NUMBERS.get(value) ?? value;
