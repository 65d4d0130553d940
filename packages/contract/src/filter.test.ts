import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "./appError.js";
import { type Filter, parseFilter } from "./filter.js";

const param = (name: string) => ({ kind: "param", name }) as const;
const metric = (name: string) => ({ kind: "metric", name }) as const;
const column = (name: string) =>
  ({ kind: "column", name }) as Extract<Filter, { kind: "compare" }>["field"];

function refusal(text: string): AppError {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`it was accepted: ${text}`);
}

describe("parseFilter", () => {
  test("reads the example of the docs", () => {
    const text =
      'params.depth >= 2 and (metrics.val_loss < 0.4 or state in (pruned, failed)) and not tags = "old"';
    expect(parseFilter(text)).toEqual({
      kind: "and",
      parts: [
        { kind: "compare", field: param("depth"), op: ">=", value: 2 },
        {
          kind: "or",
          parts: [
            { kind: "compare", field: metric("val_loss"), op: "<", value: 0.4 },
            { kind: "in", field: column("state"), values: ["pruned", "failed"] },
          ],
        },
        {
          kind: "not",
          part: { kind: "compare", field: column("tags"), op: "=", value: "old" },
        },
      ],
    });
  });

  test("binds and closer than or, and not closer than both", () => {
    expect(parseFilter("number=1 or not number=2 and number=3")).toEqual({
      kind: "or",
      parts: [
        { kind: "compare", field: column("number"), op: "=", value: 1 },
        {
          kind: "and",
          parts: [
            { kind: "not", part: { kind: "compare", field: column("number"), op: "=", value: 2 } },
            { kind: "compare", field: column("number"), op: "=", value: 3 },
          ],
        },
      ],
    });
  });

  test.each([
    ["params.lr = 1e-3", 0.001],
    ["params.lr = -.5", -0.5],
    ["params.lr = 3E+2", 300],
    ["params.lr = true", true],
    ['params.lr = "true"', "true"],
    ["params.lr = relu", "relu"],
    ["params.lr = 'a \"quoted\" word'", 'a "quoted" word'],
    ['params.lr = "and"', "and"],
    ['params.lr = "back\\\\slash and \\" quote"', 'back\\slash and " quote'],
    ["params.lr=run-1/b", "run-1/b"],
    ["params.lr == 2", 2],
  ])("reads the value of %s", (text, value) => {
    expect(parseFilter(text)).toEqual({ kind: "compare", field: param("lr"), op: "=", value });
  });

  test("a metric's name may hold dots", () => {
    expect(parseFilter("metrics.test.accuracy > 0.9")).toMatchObject({
      field: metric("test.accuracy"),
    });
  });

  // Once, every quoted value was cut out of the whole text.
  test("reads a quoted value that does not span the text", () => {
    expect(parseFilter('name ~ "a b" and number > 1')).toMatchObject({
      parts: [{ value: "a b" }, { value: 1 }],
    });
  });

  test.each([
    ["", "a field is expected", 1],
    ["state", "a comparison", 6],
    ["state =", "a value is expected", 8],
    ["colour = red", '"colour" is no field', 1],
    ["params. = 1", "is no field", 1],
    ["number = 1 number = 2", '"and", "or" or the end is expected', 12],
    ["(number = 1", '")" is expected', 12],
    ["state in ()", "a value is expected", 11],
    ["state in (a b)", '")" is expected', 13],
    ['name = "open', "no meaning", 7],
    ["number = 1; drop table runs", "no meaning", 11],
    ["number ! 1", "no meaning", 7],
  ])("refuses %j and says where", (text, why, at) => {
    const { code, message, errors } = refusal(text);
    expect(code).toBe("invalid_request");
    expect(errors[0]).toMatchObject({ path: "filter", rule: "syntax" });
    expect(`${message} ${errors[0]?.message}`).toContain(why);
    expect(message).toContain(`character ${at}`);
  });

  test("any text is either read or refused as invalid_request", () => {
    const fragment = fc.constantFrom(
      ..."( ) and or not in = < ~ , state params.a metrics.b 1 -2e3 'x' \" \\ ; name".split(" "),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fragment).map((f) => f.join(" ")),
        ),
        (text) => {
          try {
            parseFilter(text);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
    );
  });
});
