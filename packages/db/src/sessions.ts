import { AppError, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { Prisma } from "./generated/client.js";
import type { Principal } from "./principal.js";
import { drawSecret, hashSecret } from "./secret.js";

/** A token that is told this once; only its SHA-256 is stored. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** For a link that logs a browser in with a key's scopes: single use, five minutes. */
export const createLoginLink = (db: Db, keyId: Id): Promise<IssuedToken> =>
  issue(db, keyId, Prisma.sql`login_links`, Prisma.sql`interval '5 minutes'`);

/** Null if the link is unknown, used, expired, or its key has ended. */
export async function consumeLoginLink(db: Db, token: string): Promise<Principal | null> {
  const used = await db.prisma.$executeRaw`
    update login_links set used_at = now()
    where token_hash = ${hashSecret(token)} and used_at is null and expires_at > now()`;
  return used === 0 ? null : principalOf(db, Prisma.sql`login_links`, token);
}

/** Seven days, or until its key ends. */
export const createSession = (db: Db, keyId: Id): Promise<IssuedToken> =>
  issue(db, keyId, Prisma.sql`sessions`, Prisma.sql`interval '7 days'`);

/** Null if the session is unknown or over, or its key has ended. */
export const authenticateSession = (db: Db, token: string): Promise<Principal | null> =>
  principalOf(db, Prisma.sql`sessions`, token);

export async function endSession(db: Db, token: string): Promise<void> {
  await db.prisma.session.deleteMany({ where: { tokenHash: hashSecret(token) } });
}

async function issue(
  db: Db,
  keyId: Id,
  table: Prisma.Sql,
  lifetime: Prisma.Sql,
): Promise<IssuedToken> {
  const token = drawSecret();
  const [row] = await db.prisma.$queryRaw<{ expiresAt: Date }[]>`
    insert into ${table} (token_hash, project_id, api_key_id, expires_at)
    select ${hashSecret(token)}, k.project_id, k.id,
      least(now() + ${lifetime}, k.expires_at)
    from api_keys k
    where k.id = ${keyId}::uuid and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())
    returning expires_at as "expiresAt"`;
  if (row === undefined) throw new AppError("unauthorized", "this key has expired or was revoked");
  return { token, expiresAt: row.expiresAt };
}

async function principalOf(db: Db, table: Prisma.Sql, token: string): Promise<Principal | null> {
  const [row] = await db.prisma.$queryRaw<Principal[]>`
    select p.id as "projectId", p.name as "projectName", k.id as "keyId", k.name as "keyName",
      k.scopes
    from ${table} t
    join api_keys k on k.id = t.api_key_id
    join projects p on p.id = k.project_id
    where t.token_hash = ${hashSecret(token)} and t.expires_at > now() and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())`;
  return row ?? null;
}
