import { InvalidArgumentError } from "commander";
import type { z } from "zod";

/** An option's value checked by a schema of the contract; commander tells which option it was. */
export const as =
  <T>(schema: z.ZodType<T>) =>
  (text: string): T => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues.map(({ message }) => message).join("; "));
  };

/** A comma-separated list, each part checked by a schema. */
export const asList =
  <T>(schema: z.ZodType<T>) =>
  (text: string): T[] =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map(as(schema));

export function asCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError("is no whole number of 1 or more");
}
