import { readFile } from "node:fs/promises";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parsePrismaSchema, type Table } from "./prismaSchema.test-support.js";
import { addRun, addSweep, seedProject } from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

const schemaUrl = new URL("../../../prisma/schema.prisma", import.meta.url);

let database: TestDatabase;
let wanted: Table[];
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  wanted = parsePrismaSchema(await readFile(schemaUrl, "utf8"));
});
afterAll(() => database?.drop());

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
}

const readColumns = () => database.db.prisma.$queryRaw<ColumnRow[]>`
  select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    not a.attnotnull as nullable, a.atthasdef as "hasDefault"
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and c.relname <> '_prisma_migrations' and a.attnum > 0 and not a.attisdropped
  order by 1, 2`;

interface KeyRow {
  readonly table: string;
  readonly kind: "primary" | "unique" | "index";
  readonly columns: string[];
}

/** Partial and gin indexes are the migration's own: Prisma has no words for them. */
const readKeys = () => database.db.prisma.$queryRaw<KeyRow[]>`
  select c.relname as "table",
    case when i.indisprimary then 'primary' when i.indisunique then 'unique' else 'index' end
      as kind,
    array(select a.attname::text from unnest(i.indkey) with ordinality k(attnum, n)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum order by k.n) as columns
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
  where c.relnamespace = 'public'::regnamespace and c.relname <> '_prisma_migrations'
    and i.indpred is null and m.amname = 'btree'
  order by 1, 2, 3`;

interface ForeignKeyRow {
  readonly table: string;
  readonly columns: string[];
  readonly target: string;
  readonly onDelete: string;
}

const readForeignKeys = () => database.db.prisma.$queryRaw<ForeignKeyRow[]>`
  select c.conrelid::regclass::text as "table", c.confrelid::regclass::text as target,
    array(select a.attname::text from unnest(c.conkey) k(attnum)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum) as columns,
    case c.confdeltype when 'c' then 'Cascade' when 'r' then 'Restrict' when 'n' then 'SetNull'
      else c.confdeltype::text end as "onDelete"
  from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace`;

const sorted = <T>(rows: readonly T[]) => rows.map((row) => JSON.stringify(row)).sort();

describe("schema.prisma and the migrated database agree", () => {
  test("on tables and columns, their types, nullability and defaults", async () => {
    const expected = wanted.flatMap(({ name: table, columns }) =>
      columns.map(({ name, type, nullable, hasDefault }) => ({
        table,
        name,
        type,
        nullable,
        hasDefault,
      })),
    );
    expect(expected.length).toBeGreaterThan(100);
    expect(sorted(await readColumns())).toEqual(sorted(expected));
  });

  test("on primary keys, unique keys and indexes", async () => {
    const expected = wanted.flatMap(({ name: table, keys }) =>
      keys.map(({ kind, columns }) => ({ table, kind, columns })),
    );
    expect(sorted(await readKeys())).toEqual(sorted(expected));
  });

  test("on foreign keys", async () => {
    const expected = wanted.flatMap(({ name: table, relations }) =>
      relations.map(({ target, columns, onDelete }) => ({ table, target, columns, onDelete })),
    );
    expect(expected.length).toBeGreaterThan(15);
    expect(sorted(await readForeignKeys())).toEqual(sorted(expected));
  });

  test("a column that is added, retyped or made nullable is noticed", async () => {
    const { db } = database;
    const before = sorted(await readColumns());
    for (const change of [
      "alter table runs add column extra text",
      "alter table runs alter column epoch type bigint",
      "alter table runs alter column name drop not null",
      "alter table runs alter column priority drop default",
    ]) {
      const changed = db.prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(change);
        const rows = await tx.$queryRaw<ColumnRow[]>`
          select c.relname as "table", a.attname as name,
            format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
            a.atthasdef as "hasDefault"
          from pg_attribute a join pg_class c on c.oid = a.attrelid
          where c.relname = 'runs' and a.attnum > 0 and not a.attisdropped`;
        const isSame = sorted(rows).every((row) => before.includes(row));
        throw new Error(isSame ? "went unnoticed" : "noticed");
      });
      await expect(changed).rejects.toThrow(/^noticed$/);
    }
  });
});

describe("what only the migration says", () => {
  test.each([
    ["update runs set state = 'finished'", "runs_state_check"],
    ["update runs set command = 'stop'", "runs_command_check"],
    ["update runs set state = 'running'", "runs_lease_check"],
    ["update runs set state = 'completed'", "runs_ended_check"],
    ["update runs set objective = 'NaN'", "runs_objective_check"],
    ["update runs set excluded_at = now()", "runs_excluded_check"],
    ["update sweeps set state = 'done'", "sweeps_state_check"],
    ["update sweeps set planned_runs = 1, next_number = 3", "sweeps_budget_check"],
    ["update workers set state = 'gone'", "workers_state_check"],
    ["update artifacts set sha256 = 'x'", "artifacts_sha256_check"],
  ])("%s is refused", async (statement, constraint) => {
    const { db } = database;
    const { projectId } = await seedProject(db);
    await addRun(db, projectId);
    await addSweep(db, projectId);
    await expect(db.prisma.$executeRawUnsafe(statement)).rejects.toThrow(constraint);
  });
});
