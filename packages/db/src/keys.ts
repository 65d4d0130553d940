import { type ApiKeyView, AppError, type CreateKey, type Id, newId } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { ApiKey } from "./generated/client.js";
import type { Principal } from "./principal.js";
import { drawSecret, hashSecret } from "./secret.js";

const DAY_MS = 24 * 3_600_000;

/** The secret is told this once; only its SHA-256 is stored. */
export async function createKey(
  db: Db,
  projectId: Id,
  { name, scopes, expiresInDays }: CreateKey,
): Promise<{ key: ApiKeyView; secret: string }> {
  const secret = drawSecret("swy_");
  const row = await db.prisma.apiKey.create({
    data: {
      id: newId(),
      projectId,
      name,
      prefix: secret.slice(0, 9),
      secretHash: hashSecret(secret),
      scopes: [...new Set(scopes)],
      expiresAt: expiresInDays === undefined ? null : new Date(Date.now() + expiresInDays * DAY_MS),
    },
  });
  return { key: toApiKeyView(row), secret };
}

/** Null for a secret that is unknown, expired or revoked. Its use is noted once a minute. */
export async function authenticate(db: Db, secret: string): Promise<Principal | null> {
  const [row] = await db.prisma.$queryRaw<Principal[]>`
    with found as (
      select k.id, k.name, k.scopes, k.project_id from api_keys k
      where k.secret_hash = ${hashSecret(secret)} and k.revoked_at is null
        and (k.expires_at is null or k.expires_at > now())
    ), used as (
      update api_keys k set last_used_at = now() from found f
      where k.id = f.id
        and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute')
    )
    select p.id as "projectId", p.name as "projectName", f.id as "keyId", f.name as "keyName",
      f.scopes
    from found f join projects p on p.id = f.project_id`;
  return row ?? null;
}

/** Those not revoked, newest first. */
export async function listKeys(db: Db, projectId: Id): Promise<ApiKeyView[]> {
  const rows = await db.prisma.apiKey.findMany({
    where: { projectId, revokedAt: null },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  return rows.map(toApiKeyView);
}

/** Ends the key and the sessions made with it. @throws {AppError} `not_found`. */
export async function revokeKey(db: Db, projectId: Id, id: Id): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    const revoked = await tx.$executeRaw`
      update api_keys set revoked_at = now()
      where id = ${id}::uuid and project_id = ${projectId}::uuid and revoked_at is null`;
    if (revoked === 0) throw new AppError("not_found", `this project has no key ${id}`);
    await tx.session.deleteMany({ where: { apiKeyId: id } });
    await tx.loginLink.deleteMany({ where: { apiKeyId: id } });
  });
}

const toApiKeyView = (row: ApiKey): ApiKeyView => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes as ApiKeyView["scopes"],
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});
