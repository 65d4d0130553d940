import { v7 } from "uuid";
import { z } from "zod";

/** UUIDv7: sortable by creation time, so that indexes on it stay compact. */
export const Id = z.uuid();
export type Id = z.infer<typeof Id>;

export const newId = (): Id => v7();
