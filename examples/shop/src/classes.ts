import type { Prediction } from "@sweepyard/contract";
import type pg from "pg";
import type { Database } from "./database.js";

/** Keeps the names of the model's classes, which a person chooses from and a data set is made of. */
export async function rememberClasses(
  client: pg.ClientBase | Database,
  predictions: readonly Prediction[],
): Promise<void> {
  const labels = predictions.map(({ label }) => label);
  const names = predictions.map(({ name }) => name);
  await client.query(
    `with gone as (delete from classes where label <> all($1::int[]))
     insert into classes (label, name) select * from unnest($1::int[], $2::text[]) order by 1
     on conflict (label) do update set name = excluded.name where classes.name <> excluded.name`,
    [labels, names],
  );
}

/** By label. */
export async function classNames(db: Database): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>("select name from classes order by label");
  return rows.map(({ name }) => name);
}
