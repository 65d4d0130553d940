import { mcnemarPValue } from "./mcnemar.js";

/** How a candidate and a champion differ on the same rows. */
export interface Rivalry {
  /** Rows that the champion alone gets right. */
  readonly lost: number;
  /** Rows that the candidate alone gets right. */
  readonly won: number;
  /**
   * One-sided p-value of McNemar's exact test: of losing at least so many more than it wins if
   * neither were better. 1 where it wins as many as it loses, or more.
   */
  readonly p: number;
}

/** @param champion whether each row is right. @param candidate the same rows. */
export function compareRivals(
  champion: readonly boolean[],
  candidate: readonly boolean[],
): Rivalry {
  let lost = 0;
  let won = 0;
  for (const [row, right] of champion.entries()) {
    if (right && !candidate[row]) lost += 1;
    if (!right && candidate[row]) won += 1;
  }
  return { lost, won, p: lost > won ? mcnemarPValue(lost, won) / 2 : 1 };
}
