import { v7 } from "uuid";
import { z } from "zod";

/** UUIDv7: sortable by creation time, so that indexes on it stay compact. */
export const Id = z.uuid({
  error: "is no id, which looks like 01a20795-9e99-741a-81c4-06c92cc0924a",
});
export type Id = z.infer<typeof Id>;

export const newId = (): Id => v7();
