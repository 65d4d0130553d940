import { createUint32, STREAM } from "../random.js";

/**
 * Up to `most` of the rows from 0 to `count`, ascending; the same at every call, so that the reports
 * of two runs on one split show the same rows.
 * @see Fan, Muller & Rezucha, Development of Sampling Plans by Using Sequential (Item by Item)
 *   Selection Techniques and Digital Computers (1962), method 1
 */
export function sampleRows(count: number, most: number): number[] {
  const next = createUint32(0, STREAM.reportSample, 0);
  const rows: number[] = [];
  const wanted = Math.min(count, most);
  for (let row = 0; rows.length < wanted; row++) {
    const chance = (wanted - rows.length) / (count - row);
    if (next() / 2 ** 32 < chance) rows.push(row);
  }
  return rows;
}
