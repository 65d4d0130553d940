import { AppError, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Finds a project by name, or makes it. */
export async function ensureProject(db: Db, name: string): Promise<{ id: Id; name: string }> {
  throw new AppError("internal", `not there yet ${db} ${name}`);
}
