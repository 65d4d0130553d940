import { AppError, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { Principal } from "./principal.js";

/** A token that is told this once; only its SHA-256 is stored. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** For a link that logs a browser in with a key's scopes: single use, five minutes. */
export async function createLoginLink(db: Db, keyId: Id): Promise<IssuedToken> {
  throw new AppError("internal", `not there yet ${db} ${keyId}`);
}

/** Null if the link is unknown, used, expired, or its key has ended. */
export async function consumeLoginLink(db: Db, token: string): Promise<Principal | null> {
  throw new AppError("internal", `not there yet ${db} ${token}`);
}

/** Seven days, or until its key ends. */
export async function createSession(db: Db, keyId: Id): Promise<IssuedToken> {
  throw new AppError("internal", `not there yet ${db} ${keyId}`);
}

export async function authenticateSession(db: Db, token: string): Promise<Principal | null> {
  throw new AppError("internal", `not there yet ${db} ${token}`);
}

export async function endSession(db: Db, token: string): Promise<void> {
  throw new AppError("internal", `not there yet ${db} ${token}`);
}
