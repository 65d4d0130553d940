import {
  AppError,
  type Filter,
  type FilterColumn,
  type FilterOp,
  type FilterValue,
  RunState,
} from "@sweepyard/contract";
import { Prisma } from "./generated/client.js";

type Compare = Extract<Filter, { kind: "compare" }>;

/**
 * A filter as a condition on the run `r`. Values travel as parameters; only the operators, from a
 * fixed table, become part of the SQL's text.
 *
 * A missing value, and a number that is not finite, satisfies no comparison, not even `!=`; each
 * comparison is true or false, so `not` turns it round. Numbers compare as numbers with params
 * that are numbers; text compares with the value's text. `~` is: contains, whatever the case.
 * @throws {AppError} `invalid_request` for a value that its field cannot have.
 */
export function runFilter(filter: Filter): Prisma.Sql {
  switch (filter.kind) {
    case "and":
      return Prisma.sql`(${Prisma.join(filter.parts.map(runFilter), " and ")})`;
    case "or":
      return Prisma.sql`(${Prisma.join(filter.parts.map(runFilter), " or ")})`;
    case "not":
      return Prisma.sql`not ${runFilter(filter.part)}`;
    case "in": {
      const { field } = filter;
      const any = filter.values.map((value) => compare({ kind: "compare", field, op: "=", value }));
      return Prisma.sql`(${Prisma.join(any, " or ")})`;
    }
    case "compare":
      return compare(filter);
  }
}

const compare = (filter: Compare): Prisma.Sql => Prisma.sql`coalesce(${comparison(filter)}, false)`;

function comparison({ field, op, value }: Compare): Prisma.Sql {
  switch (field.kind) {
    case "param":
      return compareJson(Prisma.sql`r.params`, field.name, op, value);
    case "metric":
      if (typeof value !== "number") throw valueError(`metrics.${field.name}`, "a number");
      return compareJson(Prisma.sql`r.metrics`, field.name, op, value);
    case "column":
      return compareColumn(field.name, op, value);
  }
}

function compareJson(
  object: Prisma.Sql,
  name: string,
  op: FilterOp,
  value: FilterValue,
): Prisma.Sql {
  const member = Prisma.sql`${object} -> ${name}`;
  const text = Prisma.sql`${object} ->> ${name}`;
  if (typeof value === "boolean")
    return Prisma.sql`case when jsonb_typeof(${member}) = 'boolean'
      then (${text})::boolean ${order(op, name)} ${value} end`;
  // Compared as jsonb, which for numbers is by value: to read each as text costs half as much again.
  if (typeof value === "number" && op !== "~")
    return Prisma.sql`(${member} ${order(op, name)} ${JSON.stringify(value)}::jsonb
      and jsonb_typeof(${member}) = 'number')`;
  return compareText(text, op, String(value), name);
}

function compareColumn(name: FilterColumn, op: FilterOp, value: FilterValue): Prisma.Sql {
  switch (name) {
    case "state":
      if ((op === "=" || op === "!=") && !RunState.options.some((state) => state === value))
        throw valueError(name, `one of ${RunState.options.join(", ")}`);
      return compareText(Prisma.sql`r.state`, op, String(value), name);
    case "name":
      return compareText(Prisma.sql`r.name`, op, String(value), name);
    case "number":
    case "objective":
    case "epoch":
    case "attempt":
      if (typeof value !== "number") throw valueError(name, "a number");
      return Prisma.sql`r.${Prisma.raw(name)}::float8 ${order(op, name)} ${value}::float8`;
    case "tags":
      return compareTags(op, String(value));
    case "excluded":
      if (typeof value !== "boolean") throw valueError(name, "true or false");
      if (op !== "=" && op !== "!=") throw valueError(name, "compared with = or !=");
      return Prisma.sql`(r.excluded_at is not null) ${order(op, name)} ${value}`;
  }
}

/** `tags = "a"`: has the tag; `tags ~ "a"`: has one that contains it. */
function compareTags(op: FilterOp, value: string): Prisma.Sql {
  const has = Prisma.sql`r.tags @> array[${value}]::text[]`;
  switch (op) {
    case "=":
      return has;
    case "!=":
      return Prisma.sql`not ${has}`;
    case "~":
      return Prisma.sql`exists (select 1 from unnest(r.tags) tag
        where position(lower(${value}) in lower(tag)) > 0)`;
    case "<":
    case "<=":
    case ">":
    case ">=":
      throw valueError("tags", "compared with =, != or ~");
  }
}

function compareText(text: Prisma.Sql, op: FilterOp, value: string, name: string): Prisma.Sql {
  if (op === "~") return Prisma.sql`position(lower(${value}) in lower(${text})) > 0`;
  return Prisma.sql`${text} ${order(op, name)} ${value}`;
}

const ORDER: Record<Exclude<FilterOp, "~">, Prisma.Sql> = {
  "=": Prisma.raw("="),
  "!=": Prisma.raw("<>"),
  "<": Prisma.raw("<"),
  "<=": Prisma.raw("<="),
  ">": Prisma.raw(">"),
  ">=": Prisma.raw(">="),
};

function order(op: FilterOp, name: string): Prisma.Sql {
  if (op === "~") throw valueError(name, "text where it is compared with ~");
  return ORDER[op];
}

const valueError = (field: string, what: string) =>
  new AppError("invalid_request", `the filter does not fit: ${field} is ${what}`, {
    errors: [{ path: "filter", rule: "filter_value", message: `${field} is ${what}` }],
  });
