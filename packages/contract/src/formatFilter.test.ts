import fc from "fast-check";
import { expect, test } from "vitest";
import { FILTER_COLUMNS, type Filter, type FilterOp, parseFilter } from "./filter.js";
import { formatFilter } from "./formatFilter.js";

const field = fc.oneof(
  fc.constantFrom("lr", "depth_2").map((name) => ({ kind: "param", name }) as const),
  fc.constantFrom("val_loss", "test.accuracy").map((name) => ({ kind: "metric", name }) as const),
  fc.constantFrom(...FILTER_COLUMNS).map((name) => ({ kind: "column", name }) as const),
);
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  fc.boolean(),
  fc.string(),
  fc.constantFrom("and", "In", "a b", 'say "no"', "back\\slash", "x-1/y"),
);
const op = fc.constantFrom<FilterOp>("=", "!=", "<", "<=", ">", ">=", "~");
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    fc.record({ kind: fc.constant("compare" as const), field, op, value }),
    fc.record({
      kind: fc.constant("in" as const),
      field,
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("not" as const), part: tie("filter") }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      parts: fc.array(tie("filter"), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

test("a filter that is written is read back as the same", () => {
  fc.assert(
    fc.property(filter, (each) => {
      expect(parseFilter(formatFilter(each))).toEqual(each);
    }),
  );
});

test("it reads as one would write it", () => {
  const text =
    'params.depth >= 2 and (metrics.val_loss < 0.4 or state in (pruned, failed)) and not tags = "an old one"';
  expect(formatFilter(parseFilter(text))).toBe(text);
});
