/** `███████░░░` of `width` cells; a total of 0 is nothing done. */
export function progressBar(done: number, total: number, width: number): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  // Full only at the end: a bar that looks finished while work goes on misleads.
  const full = share === 1 ? width : Math.min(width - 1, Math.floor(share * width));
  return "█".repeat(full) + "░".repeat(width - full);
}
