import { z } from "zod";
import { ExportFormat, ExportView } from "../exports.js";
import { Id } from "../ids.js";
import { strictObject } from "../strictObject.js";

export const ById = z.object({ id: Id });
export const Exports = z.object({ items: z.array(ExportView) });
export const MeasureExports = strictObject({
  /** Absent: all. */
  formats: z.array(ExportFormat).min(1).optional(),
});

/** A comma-separated list in a query. */
export const list = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value: string | readonly z.input<T>[]) =>
      typeof value === "string" ? value.split(",").filter((part) => part !== "") : value,
    z.array(item),
  );

/** A number in a query: text on the wire. */
export const count = () => z.coerce.number<number | string>().int().min(1).max(1000);

/** Yes or no in a query: `true` or `false`. */
export const flag = () =>
  z
    .preprocess(
      (value: string | boolean) => (value === "true" ? true : value === "false" ? false : value),
      z.boolean(),
    )
    .default(false);

export const Page = {
  /** `nextCursor` of the page before. */
  cursor: z.string().max(500).optional(),
  limit: count().default(100),
};

export const page = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    /** How many match in all, on every page. */
    total: z.int(),
  });
