import type { Principal, ResolvedModel } from "@sweepyard/db";
import { ShortMemory } from "./shortMemory.js";

/**
 * What predictions ask the database for, kept for a moment: two queries take longer than the model.
 * A key that another process revokes still predicts for this long, and nothing else.
 */
const KEY_MS = 2000;
/** Aliases that move are told by hints at once; this bounds what a lost hint costs. */
const VERSION_MS = 1000;

export class PredictMemory {
  /** By the SHA-256 of the key's secret. */
  readonly principals = new ShortMemory<Principal>({ ms: KEY_MS });
  /** By project and the name asked for. */
  readonly versions = new ShortMemory<ResolvedModel>({ ms: VERSION_MS });
}
