import { createHash, randomBytes } from "node:crypto";

/** 256 random bits: nothing to guess, so a plain SHA-256 keeps it as well as a slow hash would. */
export const drawSecret = (prefix = ""): string =>
  `${prefix}${randomBytes(32).toString("base64url")}`;

export const hashSecret = (secret: string): string =>
  createHash("sha256").update(secret).digest("hex");
