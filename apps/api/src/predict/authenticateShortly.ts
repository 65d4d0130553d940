import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Principal } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { authenticate } from "../auth.js";

/** As `authenticate`, with keys remembered for a moment: predictions would spend half their time on it. */
export function authenticateShortly(
  req: IncomingMessage,
  { db, memory }: Pick<ApiDeps, "db" | "memory">,
): Promise<Principal> {
  const { authorization } = req.headers;
  if (authorization === undefined) return authenticate(req, db);
  const key = createHash("sha256").update(authorization).digest("base64");
  return memory.principals.get(key, () => authenticate(req, db));
}
