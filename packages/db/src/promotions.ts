import {
  AppError,
  type Gate,
  type GateResult,
  type Id,
  type PromotionState,
  type PromotionView,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { dropOldVersions } from "./dropOldVersions.js";
import { recordEvent } from "./events.js";
import type { Promotion } from "./generated/client.js";
import { lockModel, modelNotFound } from "./lockModel.js";
import { moveAlias } from "./moveAlias.js";
import type { Asker } from "./settlePromotion.js";

/** Newest first. @throws {AppError} `not_found`. */
export async function listPromotions(
  db: Db,
  projectId: Id,
  name: string,
  states?: readonly PromotionState[],
): Promise<PromotionView[]> {
  const model = await db.prisma.model.findUnique({
    where: { projectId_name: { projectId, name } },
    select: {
      promotions: {
        where: states === undefined ? {} : { state: { in: [...states] } },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: 1000,
      },
    },
  });
  if (model === null) throw modelNotFound(name);
  return model.promotions.map((row) => toView(name, row));
}

export interface Decision {
  readonly approve: boolean;
  readonly reason: string;
}

/**
 * Approves or rejects a promotion that waits.
 * @throws {AppError} `forbidden` with the key that it was asked with; `conflict` if it does not
 *   wait; `not_found`.
 */
export async function decidePromotion(
  db: Db,
  projectId: Id,
  asker: Asker,
  { name, id }: { readonly name: string; readonly id: Id },
  { approve, reason }: Decision,
): Promise<PromotionView> {
  return db.prisma.$transaction(async (tx) => {
    const modelId = await lockModel(tx, projectId, name);
    const row = await tx.promotion.findFirst({ where: { id, modelId } });
    if (row === null) throw new AppError("not_found", `model "${name}" has no promotion ${id}`);
    if (row.state !== "waiting")
      throw new AppError("conflict", `promotion ${id} is ${row.state} and waits for nobody`);
    if (row.askedKey === asker.keyId)
      throw new AppError(
        "forbidden",
        `the key "${asker.keyName}" has asked for this promotion: somebody else decides it`,
      );
    const { version, alias } = row;
    if (approve) {
      const move = { modelId, alias, version, actor: asker.keyName };
      await moveAlias(tx, { ...move, reason: `approved: ${reason}` });
    }
    const decided = await tx.promotion.update({
      where: { id },
      data: {
        state: approve ? "promoted" : "rejected",
        decidedBy: asker.keyName,
        decisionReason: reason,
        decidedAt: new Date(),
      },
    });
    if (approve) await dropOldVersions(tx, modelId, asker.keyName);
    await recordEvent(tx, projectId, { type: "model.changed", model: name });
    return toView(name, decided);
  });
}

const toView = (model: string, row: Promotion): PromotionView => ({
  id: row.id,
  model,
  version: row.version,
  alias: row.alias,
  state: row.state as PromotionState,
  gates: row.gates as unknown as GateResult[],
  forced: row.forced as Gate[],
  forceReason: row.forceReason,
  askedBy: row.askedBy,
  reason: row.reason,
  decidedBy: row.decidedBy,
  decisionReason: row.decisionReason,
  decidedAt: row.decidedAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
});
