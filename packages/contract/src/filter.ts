import { AppError } from "./appError.js";

/**
 * The filter language of run lists:
 * `params.depth >= 2 and (metrics.val_loss < 0.4 or state in (pruned, failed)) and not tags = "old"`
 */

export type FilterField =
  | { readonly kind: "param"; readonly name: string }
  | { readonly kind: "metric"; readonly name: string }
  | { readonly kind: "column"; readonly name: FilterColumn };

export const FILTER_COLUMNS = [
  "state",
  "name",
  "number",
  "objective",
  "epoch",
  "attempt",
  "tags",
  "excluded",
] as const;
export type FilterColumn = (typeof FILTER_COLUMNS)[number];

export type FilterValue = string | number | boolean;
export type FilterOp = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~";

export type Filter =
  | { readonly kind: "and" | "or"; readonly parts: readonly Filter[] }
  | { readonly kind: "not"; readonly part: Filter }
  | {
      readonly kind: "compare";
      readonly field: FilterField;
      readonly op: FilterOp;
      readonly value: FilterValue;
    }
  | { readonly kind: "in"; readonly field: FilterField; readonly values: readonly FilterValue[] };

interface Token {
  readonly kind: "word" | "string" | "number" | "symbol" | "end";
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.]))|([A-Za-z_][\w.\-/]*)|(<=|>=|!=|==|[<>=~(),]))/iy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim() !== "") {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw syntaxError(text, at, "this character has no meaning here");
    const [whole, string, number, word, symbol] = match;
    const start = at + whole.length - whole.trimStart().length;
    if (string !== undefined)
      tokens.push({ kind: "string", text: string.slice(1, -1).replace(/\\(.)/g, "$1"), at: start });
    else if (number !== undefined) tokens.push({ kind: "number", text: number, at: start });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, at: start });
    else tokens.push({ kind: "symbol", text: symbol === "==" ? "=" : (symbol ?? ""), at: start });
    at += whole.length;
  }
  tokens.push({ kind: "end", text: "", at: text.length });
  return tokens;
}

const syntaxError = (text: string, at: number, why: string) =>
  new AppError("invalid_request", `the filter can't be read at character ${at + 1}: ${why}`, {
    errors: [
      {
        path: "filter",
        rule: "syntax",
        message: `${why}: ${text.slice(0, at)}⟨here⟩${text.slice(at)}`,
      },
    ],
  });

/** @throws {AppError} `invalid_request` that says where the text stops making sense. */
export function parseFilter(text: string): Filter {
  const tokens = tokenize(text);
  let next = 0;
  const peek = (): Token => tokens[next] ?? { kind: "end", text: "", at: text.length };
  const isWord = (word: string) => peek().kind === "word" && peek().text.toLowerCase() === word;
  const isSymbol = (symbol: string) => peek().kind === "symbol" && peek().text === symbol;
  const fail = (why: string) => syntaxError(text, peek().at, why);
  const expectSymbol = (symbol: string) => {
    if (!isSymbol(symbol)) throw fail(`"${symbol}" is expected`);
    next++;
  };

  const chain = (kind: "and" | "or", part: () => Filter): Filter => {
    const parts = [part()];
    while (isWord(kind)) {
      next++;
      parts.push(part());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind, parts };
  };
  const disjunction = (): Filter => chain("or", () => chain("and", term));

  function term(): Filter {
    if (isWord("not")) {
      next++;
      return { kind: "not", part: term() };
    }
    if (isSymbol("(")) {
      next++;
      const inner = disjunction();
      expectSymbol(")");
      return inner;
    }
    return comparison();
  }

  function comparison(): Filter {
    const field = readField();
    if (isWord("in")) {
      next++;
      expectSymbol("(");
      const values = [readValue()];
      while (isSymbol(",")) {
        next++;
        values.push(readValue());
      }
      expectSymbol(")");
      return { kind: "in", field, values };
    }
    const op = peek();
    if (op.kind !== "symbol" || !["=", "!=", "<", "<=", ">", ">=", "~"].includes(op.text))
      throw fail("a comparison such as = != < <= > >= ~ or in (…) is expected");
    next++;
    return { kind: "compare", field, op: op.text as FilterOp, value: readValue() };
  }

  function readField(): FilterField {
    const { kind, text: word } = peek();
    if (kind !== "word")
      throw fail("a field is expected, such as state, params.depth or metrics.loss");
    const dot = word.indexOf(".");
    const head = dot < 0 ? word : word.slice(0, dot);
    const rest = word.slice(dot + 1);
    if (dot > 0 && rest !== "" && (head === "params" || head === "metrics")) {
      next++;
      return { kind: head === "params" ? "param" : "metric", name: rest };
    }
    const column = FILTER_COLUMNS.find((name) => name === word);
    if (column === undefined)
      throw fail(
        `"${word}" is no field: use params.<name>, metrics.<name>, ${FILTER_COLUMNS.join(", ")}`,
      );
    next++;
    return { kind: "column", name: column };
  }

  function readValue(): FilterValue {
    const { kind, text: word } = peek();
    if (kind === "end" || kind === "symbol") throw fail("a value is expected");
    next++;
    if (kind === "number") return Number(word);
    if (kind === "word" && (word === "true" || word === "false")) return word === "true";
    return word;
  }

  const filter = disjunction();
  if (peek().kind !== "end") throw fail(`"and", "or" or the end is expected`);
  return filter;
}
