import { AppError } from "@sweepyard/contract";

/**
 * Where a page ended: the last row's sort key, as Postgres writes it, and its id. It holds the
 * order it belongs to, since going on in another order would leave rows out.
 */
export interface PageCursor {
  readonly sort: string;
  /** Null: the row has no such value; those come last. */
  readonly key: string | null;
  readonly id: string;
}

export const formatCursor = ({ sort, key, id }: PageCursor): string =>
  Buffer.from(JSON.stringify([sort, key, id])).toString("base64url");

/** @throws {AppError} `invalid_request` unless it is a cursor of a list in this very order. */
export function parseCursor(text: string, sort: string): PageCursor {
  const fields = decode(text);
  if (fields === null) throw cursorError("is no cursor that a list has given");
  const [cursorSort, key, id] = fields;
  if (cursorSort !== sort)
    throw cursorError(`belongs to a list sorted by ${cursorSort}, not by ${sort}`);
  return { sort, key, id };
}

function decode(text: string): [string, string | null, string] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (!Array.isArray(value) || value.length !== 3) return null;
    const [sort, key, id] = value as unknown[];
    const isId = typeof id === "string" && /^[0-9a-f-]{36}$/.test(id);
    if (typeof sort !== "string" || !isId || !(key === null || typeof key === "string"))
      return null;
    return [sort, key, id];
  } catch {
    return null;
  }
}

export const cursorError = (why: string): AppError =>
  new AppError("invalid_request", `the cursor ${why}: start again without it`, {
    errors: [{ path: "cursor", rule: "cursor", message: why }],
  });
