import { AppError } from "@sweepyard/contract";
import { Prisma } from "./generated/client.js";
import { TRAIN_MS } from "./runView.js";

export interface RunSort {
  /** Of the run `r`; null where the run has no such value. */
  readonly key: Prisma.Sql;
  /** What the key, as text, is cast back to. */
  readonly type: Prisma.Sql;
  /** Whether some runs may have no such value. */
  readonly nullable: boolean;
  readonly descending: boolean;
  /** Whose last value it is, if it is one. */
  readonly metric?: string;
}

type Column = readonly [key: Prisma.Sql, type: string, nullable?: "nullable"];

const COLUMNS: Readonly<Record<string, Column>> = {
  id: [Prisma.sql`r.id`, "uuid"],
  number: [Prisma.sql`r.number`, "int"],
  name: [Prisma.sql`r.name`, "text"],
  state: [Prisma.sql`r.state`, "text"],
  sweepId: [Prisma.sql`r.sweep_id`, "uuid", "nullable"],
  attempt: [Prisma.sql`r.attempt`, "int"],
  priority: [Prisma.sql`r.priority`, "int"],
  epoch: [Prisma.sql`r.epoch`, "int"],
  epochs: [Prisma.sql`r.epochs`, "int"],
  objective: [Prisma.sql`r.objective`, "float8", "nullable"],
  createdAt: [Prisma.sql`r.created_at`, "timestamptz"],
  queuedAt: [Prisma.sql`r.queued_at`, "timestamptz", "nullable"],
  startedAt: [Prisma.sql`r.started_at`, "timestamptz", "nullable"],
  endedAt: [Prisma.sql`r.ended_at`, "timestamptz", "nullable"],
  trainMs: [TRAIN_MS, "float8"],
};

/**
 * Reads `createdAt`, `-metrics.val_loss`, `params.depth`. Params compare as jsonb does: numbers
 * by value, text by its bytes, and one kind after another.
 * @throws {AppError} `invalid_request` for anything else.
 */
export function parseRunSort(sort: string): RunSort {
  const descending = sort.startsWith("-");
  const name = descending ? sort.slice(1) : sort;
  const member = /^(params|metrics)\.(.+)$/.exec(name);
  if (member) {
    const object = Prisma.raw(member[1] === "params" ? "r.params" : "r.metrics");
    const key = Prisma.sql`nullif(${object} -> ${member[2]}, 'null'::jsonb)`;
    const sort = { key, type: Prisma.sql`jsonb`, nullable: true, descending };
    const [, kind, own = ""] = member;
    return kind === "metrics" ? { ...sort, metric: own } : sort;
  }
  const column = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined;
  if (column === undefined) {
    const known = Object.keys(COLUMNS).join(", ");
    const message = `runs can't be sorted by "${name}": use params.<name>, metrics.<name>, ${known}`;
    throw new AppError("invalid_request", message, {
      errors: [{ path: "sort", rule: "sort", message }],
    });
  }
  const [key, type, nullable] = column;
  return { key, type: Prisma.raw(type), nullable: nullable !== undefined, descending };
}

/** Missing values last in either direction; rows with equal keys by id. */
export function orderBy({ key, nullable, descending }: RunSort): Prisma.Sql {
  const direction = Prisma.raw(descending ? "desc" : "asc");
  // Postgres reads no index backwards for "nulls last", not even of a column without nulls.
  const last = nullable ? Prisma.sql`nulls last` : Prisma.empty;
  return Prisma.sql`order by ${key} ${direction} ${last}, r.id ${direction}`;
}

/** What comes after the row with this key and id in that order. */
export function isAfter(
  { key, type, nullable, descending }: RunSort,
  last: { readonly key: string | null; readonly id: string },
): Prisma.Sql {
  const beyond = Prisma.raw(descending ? "<" : ">");
  const nextId = Prisma.sql`r.id ${beyond} ${last.id}::uuid`;
  if (last.key === null) return Prisma.sql`(${key} is null and ${nextId})`;
  const value = Prisma.sql`${last.key}::${type}`;
  if (!nullable) return Prisma.sql`(${key}, r.id) ${beyond} (${value}, ${last.id}::uuid)`;
  return Prisma.sql`(${key} ${beyond} ${value} or (${key} = ${value} and ${nextId})
    or ${key} is null)`;
}
