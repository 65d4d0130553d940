export type ReadNumbers =
  | { readonly ok: true; readonly numbers: readonly number[] }
  | { readonly ok: false; readonly message: string };

/** Numbers that commas, semicolons or spaces part, as many as a row has. */
export function readNumbers(text: string, size: number): ReadNumbers {
  const cells = text.split(/[\s,;]+/).filter((cell) => cell !== "");
  const wrong = cells.find((cell) => !Number.isFinite(Number(cell)));
  if (wrong !== undefined) return { ok: false, message: `“${wrong}” is no number` };
  if (cells.length !== size)
    return { ok: false, message: `${cells.length} of ${size} numbers are there` };
  return { ok: true, numbers: cells.map(Number) };
}
