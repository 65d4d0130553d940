import {
  AppError,
  type Force,
  type GateResult,
  type Id,
  newId,
  type PromotionPolicy,
  type PromotionState,
} from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import { dropOldVersions } from "./dropOldVersions.js";
import { toJson } from "./json.js";
import { aliasTarget, moveAlias } from "./moveAlias.js";
import type { Principal } from "./principal.js";

/** Who asks. */
export type Asker = Pick<Principal, "keyId" | "keyName">;

/** What the gates found, and of what: both may have changed since. */
export interface JudgedGates {
  readonly policy: PromotionPolicy;
  /** The version that the alias pointed at; null: none. */
  readonly champion: number | null;
  readonly gates: readonly GateResult[];
}

export interface AskedPromotion {
  readonly modelId: Id;
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  readonly expected: number | null | undefined;
  readonly asker: Asker;
  readonly reason: string;
  readonly force: Force | undefined;
  readonly judged: JudgedGates | undefined;
}

export interface SettledPromotion {
  readonly id: Id;
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  readonly state: PromotionState;
  readonly failed: readonly GateResult[];
}

/**
 * Moves the alias if nothing forbids it, and keeps the promotion with every gate's figure where the
 * model's policy guards the alias. The caller holds the model's row.
 * @throws {AppError} `conflict` if policy or champion are no longer those that were judged.
 */
export async function settlePromotion(
  tx: Tx,
  asked: AskedPromotion,
): Promise<SettledPromotion | undefined> {
  const { modelId, model, alias, version, asker, reason, force } = asked;
  const move = { modelId, alias, version, expected: asked.expected, actor: asker.keyName, reason };
  const judged = await requireCurrent(tx, asked);
  if (judged === undefined) {
    await moveAlias(tx, move);
    await dropOldVersions(tx, modelId, asker.keyName);
    return undefined;
  }
  const forced = force?.gates ?? [];
  const failed = judged.gates.filter(({ gate, passed }) => !passed && !forced.includes(gate));
  const needsApproval = judged.policy.approval && !forced.includes("approval");
  const state = failed.length > 0 ? "refused" : needsApproval ? "waiting" : "promoted";
  if (state === "promoted") await moveAlias(tx, move);
  const id = newId();
  await tx.promotion.create({
    data: {
      id,
      modelId,
      version,
      alias,
      state,
      gates: toJson(judged.gates),
      forced: [...forced],
      forceReason: force?.reason ?? null,
      askedBy: asker.keyName,
      askedKey: asker.keyId,
      reason,
    },
    select: { id: true },
  });
  if (state === "promoted") await dropOldVersions(tx, modelId, asker.keyName);
  return { id, model, alias, version, state, failed };
}

/** The answer to a promotion that gates refuse: one field error for each. */
export const refusal = ({ model, alias, version, failed }: SettledPromotion): AppError =>
  new AppError(
    "conflict",
    `version ${version} of "${model}" does not become ${alias}: ${whyRefused(failed)}`,
    {
      errors: failed.map(({ gate, of, detail }) => ({
        path: `gates.${gate}${of === "" ? "" : `.${of}`}`,
        rule: "gate",
        message: detail,
      })),
    },
  );

/** What the gates that failed have found, in one line. */
export const whyRefused = (failed: readonly GateResult[]): string =>
  failed.map(({ detail }) => detail).join("; ");

/** The policy that guards an alias; null: none does. */
export async function guardOf(tx: Tx, modelId: Id, alias: string): Promise<PromotionPolicy | null> {
  const { policy } = await tx.model.findUniqueOrThrow({
    where: { id: modelId },
    select: { policy: true },
  });
  const guard = policy as PromotionPolicy | null;
  return guard?.aliases.includes(alias) ? guard : null;
}

async function requireCurrent(
  tx: Tx,
  { modelId, alias, judged }: AskedPromotion,
): Promise<JudgedGates | undefined> {
  const policy = await guardOf(tx, modelId, alias);
  if (policy === null) return undefined;
  const champion = await aliasTarget(tx, modelId, alias);
  const isCurrent =
    judged !== undefined &&
    judged.champion === champion &&
    JSON.stringify(judged.policy) === JSON.stringify(policy);
  if (isCurrent) return judged;
  throw new AppError(
    "conflict",
    `the policy of the model, or what ${alias} points at, has changed while the gates were judged: ask again`,
  );
}
