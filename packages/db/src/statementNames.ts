/** A statement is prepared once it has come so often: one that comes once is not worth keeping. */
const OFTEN = 5;
/** Kept by each connection at most, some 20 kB each. */
const NAMES_MAX = 100;
/** Texts that are counted, so that filters of ever new forms take no memory. */
const COUNTED_MAX = 1_000;

const WRITES = /\b(insert into|update|delete from)\b/;

/**
 * Names for statements that write or lock rows and come again and again: Postgres then parses and
 * plans them once a connection, which for the short ones of claims, reports and ends is a quarter
 * of their cost. Statements that only read stay without: what they filter by decides their plan.
 * @returns the name of a statement's text, or undefined for one that is not to be prepared
 */
export function createStatementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  // pg takes undefined for "no name"; the adapter's type has forgotten it.
  const unnamed = undefined as unknown as string;
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= NAMES_MAX || !WRITES.test(sql)) return unnamed;
    const count = (counts.get(sql) ?? 0) + 1;
    if (count < OFTEN) {
      if (count > 1 || counts.size < COUNTED_MAX) counts.set(sql, count);
      return unnamed;
    }
    counts.delete(sql);
    const name = `sweepyard_${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
