/** Where `text` stops being JSON, and what could have stood there. */
export interface JsonError {
  /** Offset in UTF-16 units; the text's length if it ends too early. */
  readonly at: number;
  readonly expected: string;
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// The plain stretches come first, so that a long string costs one step and not one per character.
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON's strings exclude just those
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;

/**
 * Finds the first error in a text that `JSON.parse` refused: its own messages name a position for
 * some errors and not for others. Keeps its own stack, so deep nesting can't overflow.
 */
export function findJsonError(text: string): JsonError {
  let at = 0;
  const open: ("{" | "[")[] = [];
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const take = (symbol: string): boolean => {
    if (text[at] !== symbol) return false;
    at += symbol.length;
    match(SPACE);
    return true;
  };
  /** `"name":` */
  const takeKey = (): JsonError | undefined => {
    if (!match(STRING)) return { at, expected: "a field's name in double quotes" };
    match(SPACE);
    return take(":") ? undefined : { at, expected: '":"' };
  };

  match(SPACE);
  while (true) {
    // A value is expected here.
    if (take("{")) {
      if (!take("}")) {
        open.push("{");
        const error = takeKey();
        if (error !== undefined) return error;
        continue;
      }
    } else if (take("[")) {
      if (!take("]")) {
        open.push("[");
        continue;
      }
    } else if (match(STRING) || match(SCALAR)) {
      match(SPACE);
    } else {
      return { at, expected: "a value" };
    }
    // A value has ended here.
    while (open.length > 0 && take(open.at(-1) === "{" ? "}" : "]")) open.pop();
    const inside = open.at(-1);
    if (inside === undefined) return { at, expected: "the end" };
    if (!take(",")) return { at, expected: inside === "{" ? '"," or "}"' : '"," or "]"' };
    if (inside === "{") {
      const error = takeKey();
      if (error !== undefined) return error;
    }
  }
}
