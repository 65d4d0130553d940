/**
 * An array as NumPy stores one, in C order.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpy(
  type: "|u1" | "<i4",
  shape: readonly number[],
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const facts = `{'descr': '${type}', 'fortran_order': False, 'shape': (${axes}), }`;
  const start = 10; // magic, version, and the header's length
  const padded = `${facts.padEnd(Math.ceil((start + facts.length + 1) / 64) * 64 - start - 1)}\n`;
  const head = Buffer.alloc(start);
  head.write("\x93NUMPY\x01\x00", "latin1");
  head.writeUInt16LE(padded.length, 8);
  return Uint8Array.from(Buffer.concat([head, Buffer.from(padded, "latin1"), bytes]));
}
