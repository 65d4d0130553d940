/** What one of our processes said when it gave up: `sweepyard <name>: <reason>`. */
export function ownWords(lines: readonly string[]): string | null {
  for (const line of lines) {
    const reason = /^sweepyard \w+: (.+)/.exec(line)?.[1];
    if (reason !== undefined) return reason;
  }
  return null;
}
