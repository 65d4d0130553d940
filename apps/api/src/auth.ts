import type { IncomingMessage } from "node:http";
import { AppError, type Scope } from "@sweepyard/contract";
import {
  authenticate as authenticateKey,
  authenticateSession,
  type Db,
  type Principal,
} from "@sweepyard/db";

export const SESSION_COOKIE = "sweepyard_session";

/**
 * @throws {AppError} `unauthorized` without a valid key or session, `forbidden` where a session's
 *   cookie comes with a request from another site.
 */
export async function authenticate(req: IncomingMessage, db: Db): Promise<Principal> {
  const { authorization } = req.headers;
  if (authorization !== undefined) {
    const [, secret] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    const auth = secret === undefined ? null : await authenticateKey(db, secret);
    if (auth === null)
      throw new AppError("unauthorized", "the API key is unknown, expired or revoked");
    return auth;
  }
  const token = sessionTokenOf(req);
  if (token === undefined)
    throw new AppError("unauthorized", "send an API key: Authorization: Bearer swy_…");
  const auth = await authenticateSession(db, token);
  if (auth === null) throw new AppError("unauthorized", "the session has ended: log in again");
  requireSameOrigin(req);
  return auth;
}

/** @throws {AppError} `forbidden` unless the key has `scope`; `admin` includes all others. */
export function requireScope(auth: Principal, scope: Scope): void {
  if (auth.scopes.includes(scope) || auth.scopes.includes("admin")) return;
  throw new AppError(
    "forbidden",
    `this needs the scope "${scope}"; the key "${auth.keyName}" has ${auth.scopes.join(", ")}`,
  );
}

export function sessionTokenOf(req: IncomingMessage): string | undefined {
  for (const part of (req.headers.cookie ?? "").split(";")) {
    const [name, value] = part.trim().split("=", 2);
    if (name === SESSION_COOKIE && value !== undefined && value !== "") return value;
  }
  return undefined;
}

/**
 * A browser adds its cookies to requests that another site's page makes; SameSite=Strict stops
 * most of them, and this the rest, such as a page on another port of this host.
 * @throws {AppError} `forbidden`
 */
export function requireSameOrigin(req: IncomingMessage): void {
  if (req.method === "GET" || req.method === "HEAD") return;
  const site = req.headers["sec-fetch-site"];
  const { origin, host } = req.headers;
  const same =
    site !== undefined
      ? site === "same-origin"
      : origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
  if (!same) throw new AppError("forbidden", "a session works only from the dashboard's own pages");
}
