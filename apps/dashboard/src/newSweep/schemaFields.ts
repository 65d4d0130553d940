import { z } from "zod";

/** A form's fields, read from the same schemas that the server checks a sweep by. */

export interface FieldSpec {
  readonly name: string;
  /** `loose`: JSON, or a plain word. */
  readonly kind: "integer" | "number" | "boolean" | "choice" | "loose";
  /** Of a choice; "" stands for null, where that is allowed. */
  readonly choices: readonly string[];
  /** Ends of a number, where it has any. */
  readonly least: number | null;
  readonly most: number | null;
  readonly isRequired: boolean;
  /** What is taken where nothing is said. */
  readonly usual: unknown;
}

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

const toJsonSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }) as JsonSchema;

/** The fields of an object, those with a fixed value left out. */
export const fieldsOfObject = (schema: z.ZodType): FieldSpec[] => toFields(toJsonSchema(schema));

/** Of a union of objects: the fields of each, by the fixed value of `tag`. */
export function fieldsByVariant(schema: z.ZodType, tag: string): ReadonlyMap<string, FieldSpec[]> {
  const { oneOf, anyOf } = toJsonSchema(schema);
  return new Map(
    (oneOf ?? anyOf ?? []).flatMap((variant) => {
      const name = variant.properties?.[tag]?.const;
      return typeof name === "string" ? [[name, toFields(variant)] as const] : [];
    }),
  );
}

function toFields({ properties = {}, required = [] }: JsonSchema): FieldSpec[] {
  return Object.entries(properties).flatMap(([name, schema]) =>
    schema.const === undefined
      ? [
          {
            name,
            ...toKind(schema),
            isRequired: required.includes(name) && schema.default === undefined,
            usual: schema.default,
          },
        ]
      : [],
  );
}

type Kind = Pick<FieldSpec, "kind" | "choices" | "least" | "most">;

function toKind(schema: JsonSchema): Kind {
  const none = { choices: [], least: null, most: null };
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) {
    const real = options.filter(({ type }) => type !== "null");
    const [only] = real;
    if (only === undefined || real.length > 1) return { kind: "loose", ...none };
    const kind = toKind(only);
    const isNullable = real.length < options.length;
    return isNullable && kind.kind === "choice"
      ? { ...kind, choices: ["", ...kind.choices] }
      : kind;
  }
  if (schema.enum?.every((value) => typeof value === "string") === true)
    return { ...none, kind: "choice", choices: schema.enum as string[] };
  switch (schema.type) {
    case "integer":
    case "number":
      return {
        kind: schema.type,
        choices: [],
        least: schema.minimum ?? schema.exclusiveMinimum ?? null,
        // zod names the largest safe integer where a schema names no end.
        most: belowSafe(schema.maximum ?? schema.exclusiveMaximum),
      };
    case "boolean":
      return { kind: "boolean", ...none };
    default:
      return { kind: "loose", ...none };
  }
}

const belowSafe = (most: number | undefined): number | null =>
  most === undefined || most >= Number.MAX_SAFE_INTEGER ? null : most;
