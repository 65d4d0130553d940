import { z } from "zod";

export const ModelName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
  error: "a model's name has up to 64 lower-case letters, digits, dots, dashes or underscores",
});
export const AliasName = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, {
  error: "an alias has up to 32 lower-case letters, digits, dashes or underscores",
});
