/** What schema.prisma says of one table, in Postgres' words. */
export interface Table {
  readonly name: string;
  readonly columns: {
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
    readonly hasDefault: boolean;
  }[];
  readonly keys: Key[];
  readonly relations: {
    readonly columns: string[];
    readonly target: string;
    readonly onDelete: string;
  }[];
}

interface Key {
  readonly kind: "primary" | "unique" | "index";
  readonly columns: string[];
}

const TYPES: Readonly<Record<string, string>> = {
  String: "text",
  Int: "integer",
  BigInt: "bigint",
  Float: "double precision",
  Boolean: "boolean",
  Json: "jsonb",
  Bytes: "bytea",
};
const NATIVE_TYPES: Readonly<Record<string, string>> = {
  "@db.Uuid": "uuid",
  "@db.Json": "json",
  "@db.Timestamptz(6)": "timestamp(6) with time zone",
};

/**
 * Reads the models of a formatted schema.prisma: one field a line, attributes of a model in the
 * forms that this schema uses. An unknown type throws, so that nothing is passed over.
 */
export function parsePrismaSchema(text: string): Table[] {
  const blocks = [...text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map((match) => ({
    model: match[1] ?? "",
    lines: (match[2] ?? "")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("//")),
  }));
  const models = new Map(
    blocks.map(({ model, lines }) => [
      model,
      /@@map\("(\w+)"\)/.exec(lines.join("\n"))?.[1] ?? model,
    ]),
  );
  return blocks.map(({ model, lines }) => readTable(models.get(model) ?? model, lines, models));
}

function readTable(name: string, lines: string[], models: ReadonlyMap<string, string>): Table {
  const fields = lines.filter((line) => !line.startsWith("@@")).map(readField);
  const columnOf = (field: string) =>
    fields.find((other) => other.field === field)?.column ?? `no field ${field}`;
  const listed = (text: string) => text.split(",").map((field) => columnOf(field.trim()));
  const scalars = fields.filter(({ type }) => !models.has(type));
  const keyOf = { "@@id": "primary", "@@unique": "unique", "@@index": "index" } as const;
  return {
    name,
    columns: scalars.map(({ column, type, suffix, rest }) => ({
      name: column,
      type: sqlType(type, suffix, rest),
      nullable: suffix === "?",
      hasDefault: rest.includes("@default("),
    })),
    keys: [
      ...scalars.flatMap(({ column, rest }): Key[] => {
        if (/@id\b/.test(rest)) return [{ kind: "primary", columns: [column] }];
        return /@unique\b/.test(rest) ? [{ kind: "unique", columns: [column] }] : [];
      }),
      ...lines.flatMap((line): Key[] => {
        const match = /^(@@id|@@unique|@@index)\(\[([^\]]+)\]\)$/.exec(line);
        if (match === null) return [];
        return [{ kind: keyOf[match[1] as keyof typeof keyOf], columns: listed(match[2] ?? "") }];
      }),
    ],
    relations: fields.flatMap(({ type, rest }) => {
      const match = /@relation\(fields: \[([^\]]+)\], .*onDelete: (\w+)\)/.exec(rest);
      const target = models.get(type);
      if (match === null || target === undefined) return [];
      return [{ columns: listed(match[1] ?? ""), target, onDelete: match[2] ?? "" }];
    }),
  };
}

function readField(line: string) {
  const match = /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line);
  if (match === null) throw new Error(`this line of schema.prisma is not understood: ${line}`);
  const [, field = "", type = "", suffix = "", rest = ""] = match;
  const column = /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field;
  return { field, type, suffix, rest, column };
}

function sqlType(type: string, suffix: string, rest: string): string {
  const native = Object.entries(NATIVE_TYPES).find(([attribute]) => rest.includes(attribute));
  const base = native?.[1] ?? TYPES[type];
  if (base === undefined) throw new Error(`${type} ${rest} has no type in Postgres here`);
  return suffix === "[]" ? `${base}[]` : base;
}
