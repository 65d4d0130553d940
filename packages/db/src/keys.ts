import { type ApiKeyView, AppError, type CreateKey, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { Principal } from "./principal.js";

/** The secret is told this once; only its SHA-256 is stored. */
export async function createKey(
  db: Db,
  projectId: Id,
  key: CreateKey,
): Promise<{ key: ApiKeyView; secret: string }> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${key}`);
}

/** Null for a secret that is unknown, expired or revoked. */
export async function authenticate(db: Db, secret: string): Promise<Principal | null> {
  throw new AppError("internal", `not there yet ${db} ${secret}`);
}

/** Those not revoked, newest first. */
export async function listKeys(db: Db, projectId: Id): Promise<ApiKeyView[]> {
  throw new AppError("internal", `not there yet ${db} ${projectId}`);
}

/** Ends the key and the sessions made with it. @throws {AppError} `not_found`. */
export async function revokeKey(db: Db, projectId: Id, id: Id): Promise<void> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id}`);
}
