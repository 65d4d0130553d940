import { Builder, ByteBuffer, type Offset } from "flatbuffers";

/**
 * FlatBuffers by tables that are described as data, so that one description both writes and reads.
 * @see https://flatbuffers.dev/internals/
 */
export type FieldType =
  | "int8"
  | "uint8"
  | "bool"
  | "int32"
  | "uint32"
  | "float32"
  | "string"
  | "int32[]"
  | "int64[]"
  | "float32[]"
  /** Bytes that start at a multiple of 16. */
  | "bytes"
  | { readonly table: TableType }
  | { readonly tables: TableType }
  /** A table whose type is told by the number in another field. */
  | { readonly union: Readonly<Record<number, TableType>>; readonly by: string };

/** Fields in the order of their ids; null holds the place of one that is not used. */
export type TableType = readonly (readonly [name: string, type: FieldType] | null)[];

export type FlatValue =
  | number
  | boolean
  | string
  | Uint8Array
  | readonly number[]
  | FlatTable
  | readonly FlatTable[]
  | undefined;

export interface FlatTable {
  readonly [field: string]: FlatValue;
}

const ALIGNMENT = 16;

/** The bytes of a table and all it holds. Fields that are undefined are left out. */
export function encodeTables(root: FlatTable, type: TableType, identifier: string): Uint8Array {
  const builder = new Builder(1 << 16);
  builder.forceDefaults(true); // readers then need to know no default
  builder.finish(writeTable(builder, type, root), identifier);
  return builder.asUint8Array().slice();
}

/** @throws {RangeError} if `bytes` are cut off or carry another identifier. */
export function decodeTables(bytes: Uint8Array, type: TableType, identifier: string): FlatTable {
  const buffer = new ByteBuffer(bytes);
  if (bytes.length < 8 || !buffer.__has_identifier(identifier))
    throw new RangeError(`the bytes are no ${identifier} file`);
  return readTable(buffer, type, buffer.readInt32(0));
}

function writeTable(builder: Builder, type: TableType, table: FlatTable): Offset {
  // What a field points to has to be written before the table itself.
  const values = type.map((field) => {
    if (field === null) return undefined;
    const [name, kind] = field;
    const value = table[name];
    return value === undefined ? undefined : writeReferred(builder, kind, value, table);
  });
  builder.startObject(type.length);
  for (const [slot, field] of type.entries()) {
    const value = values[slot];
    if (field !== null && value !== undefined) writeField(builder, slot, field[1], value);
  }
  return builder.endObject();
}

/** The offset of what is written apart; a scalar stays as it is. */
function writeReferred(
  builder: Builder,
  type: FieldType,
  value: FlatValue,
  table: FlatTable,
): number {
  if (typeof type === "object") {
    if ("tables" in type) {
      const tables = value as readonly FlatTable[];
      return offsets(
        builder,
        tables.map((one) => writeTable(builder, type.tables, one)),
      );
    }
    const target = "table" in type ? type.table : unionMember(type, table);
    return writeTable(builder, target, value as FlatTable);
  }
  switch (type) {
    case "string":
      return builder.createString(value as string);
    case "bytes": {
      const bytes = value as Uint8Array;
      builder.startVector(1, bytes.length, ALIGNMENT);
      for (let at = bytes.length - 1; at >= 0; at--) builder.addInt8(bytes[at] as number);
      return builder.endVector();
    }
    case "int32[]":
      return vector(builder, 4, value as readonly number[], (item) => builder.addInt32(item));
    case "int64[]":
      return vector(builder, 8, value as readonly number[], (item) =>
        builder.addInt64(BigInt(item)),
      );
    case "float32[]":
      return vector(builder, 4, value as readonly number[], (item) => builder.addFloat32(item));
    default:
      return Number(value);
  }
}

function vector(
  builder: Builder,
  size: number,
  items: readonly number[],
  add: (item: number) => void,
): Offset {
  builder.startVector(size, items.length, size);
  for (let at = items.length - 1; at >= 0; at--) add(items[at] as number); // it grows downwards
  return builder.endVector();
}

function offsets(builder: Builder, items: readonly Offset[]): Offset {
  builder.startVector(4, items.length, 4);
  for (let at = items.length - 1; at >= 0; at--) builder.addOffset(items[at] as Offset);
  return builder.endVector();
}

function writeField(builder: Builder, slot: number, type: FieldType, value: number): void {
  switch (type) {
    case "int8":
    case "uint8":
    case "bool":
      builder.addFieldInt8(slot, value, 0);
      break;
    case "int32":
    case "uint32":
      builder.addFieldInt32(slot, value, 0);
      break;
    case "float32":
      builder.addFieldFloat32(slot, value, 0);
      break;
    default:
      builder.addFieldOffset(slot, value, 0);
  }
}

function readTable(buffer: ByteBuffer, type: TableType, position: number): FlatTable {
  const table: Record<string, FlatValue> = {};
  for (const [slot, field] of type.entries()) {
    if (field === null) continue;
    const offset = buffer.__offset(position, 4 + 2 * slot);
    if (offset !== 0) table[field[0]] = readField(buffer, field[1], position + offset, table);
  }
  return table;
}

function readField(
  buffer: ByteBuffer,
  type: FieldType,
  position: number,
  table: FlatTable,
): FlatValue {
  if (typeof type === "object") {
    if ("tables" in type) {
      return items(buffer, position, 4, (at) =>
        readTable(buffer, type.tables, buffer.__indirect(at)),
      );
    }
    const target = "table" in type ? type.table : unionMember(type, table);
    return readTable(buffer, target, buffer.__indirect(position));
  }
  switch (type) {
    case "int8":
      return buffer.readInt8(position);
    case "uint8":
      return buffer.readUint8(position);
    case "bool":
      return buffer.readInt8(position) !== 0;
    case "int32":
      return buffer.readInt32(position);
    case "uint32":
      return buffer.readUint32(position);
    case "float32":
      return buffer.readFloat32(position);
    case "string":
      return buffer.__string(position) as string;
    case "bytes": {
      const start = buffer.__vector(position);
      return buffer.bytes().slice(start, start + buffer.__vector_len(position));
    }
    case "int32[]":
      return items(buffer, position, 4, (at) => buffer.readInt32(at));
    case "int64[]":
      return items(buffer, position, 8, (at) => Number(buffer.readInt64(at)));
    case "float32[]":
      return items(buffer, position, 4, (at) => buffer.readFloat32(at));
  }
}

function items<T>(
  buffer: ByteBuffer,
  position: number,
  size: number,
  read: (at: number) => T,
): T[] {
  const start = buffer.__vector(position);
  return Array.from({ length: buffer.__vector_len(position) }, (_, i) => read(start + i * size));
}

function unionMember(type: Extract<FieldType, { union: unknown }>, table: FlatTable): TableType {
  const member = type.union[Number(table[type.by])];
  if (member === undefined) throw new RangeError(`${type.by} ${String(table[type.by])} is unknown`);
  return member;
}
