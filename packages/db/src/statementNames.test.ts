import { expect, test } from "vitest";
import { createStatementNames } from "./statementNames.js";

const WRITE = "update runs set state = $1 where id = $2";

function ask(names: ReturnType<typeof createStatementNames>, sql: string, times: number) {
  let name: string | undefined;
  for (let i = 0; i < times; i++) name = names({ sql });
  return name;
}

test("a statement that writes gets a name once it comes often, and keeps it", () => {
  const names = createStatementNames();
  expect(ask(names, WRITE, 4)).toBeUndefined();
  const name = names({ sql: WRITE });
  expect(name).toMatch(/^sweepyard_\d+$/);
  expect(names({ sql: WRITE })).toBe(name);
  expect(ask(names, "select id from runs for update", 5)).not.toBe(name);
});

test("statements that only read get none, however often they come", () => {
  expect(ask(createStatementNames(), "select updated_at from runs", 20)).toBeUndefined();
});

test("the names of a connection are limited", () => {
  const names = createStatementNames();
  const given = new Set<string | undefined>();
  for (let i = 0; i < 300; i++) given.add(ask(names, `delete from runs where number = ${i}`, 5));
  given.delete(undefined);
  expect(given.size).toBe(100);
});
