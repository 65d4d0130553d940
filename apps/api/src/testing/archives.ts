import { buffer } from "node:stream/consumers";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export type Files = Readonly<Record<string, Uint8Array>>;

/** A zip archive as APPNOTE.TXT has it, every file deflated; names are written as they are given. */
export function zipOf(files: Files): Uint8Array<ArrayBuffer> {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const data = deflateRawSync(bytes);
    const facts = Buffer.alloc(26); // from "version needed" to the length of the extra field
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(0x0800, 2); // the name is UTF-8
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    locals.push(Buffer.from("PK\x03\x04", "latin1"), facts, Buffer.from(name), data);
    central.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), facts, rest, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Uint8Array.from(Buffer.concat([...locals, directory, end]));
}

/** The same archive, saying of every file that it is encrypted. */
export function encryptedZip(zip: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(zip);
  for (let at = bytes.indexOf("PK\x01\x02"); at >= 0; at = bytes.indexOf("PK\x01\x02", at + 1))
    bytes.writeUInt16LE(bytes.readUInt16LE(at + 8) | 1, at + 8);
  return Uint8Array.from(bytes);
}

export async function tarOf(files: Files, linkName?: string): Promise<Uint8Array<ArrayBuffer>> {
  const archive = pack();
  for (const [name, bytes] of Object.entries(files)) archive.entry({ name }, Buffer.from(bytes));
  if (linkName !== undefined)
    archive.entry({ name: linkName, type: "symlink", linkname: "/etc/passwd" });
  archive.finalize();
  return Uint8Array.from(await buffer(archive));
}

export const gzipped = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(gzipSync(bytes));
