import { formatCount } from "../format/formatNumber.js";

/** How much of a whole a plot shows: "all 10,000", or "50 of 10,000". */
export const shareOf = (shown: number, total: number): string =>
  shown === total ? `all ${formatCount(total)}` : `${formatCount(shown)} of ${formatCount(total)}`;
