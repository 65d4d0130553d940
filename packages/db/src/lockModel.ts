import { AppError, type Id } from "@sweepyard/contract";
import type { Tx } from "./connect.js";

/** The model's row, held until the transaction ends. @throws {AppError} `not_found`. */
export async function lockModel(tx: Tx, projectId: Id, name: string): Promise<Id> {
  const [row] = await tx.$queryRaw<{ id: Id }[]>`
    select id from models where project_id = ${projectId}::uuid and name = ${name}
    for no key update`;
  if (row === undefined) throw modelNotFound(name);
  return row.id;
}

export const modelNotFound = (name: string): AppError =>
  new AppError("not_found", `this project has no model "${name}": promote a run to make one`);
