import { createUint32 } from "./random.js";

/** Puts `items` in a random order, in place: Fisher and Yates, drawn from one stream's `index`. */
export function shuffle<Items extends Int32Array | number[]>(
  items: Items,
  seed: number,
  stream: number,
  index: number,
): Items {
  const next = createUint32(seed, stream, index);
  for (let last = items.length - 1; last > 0; last--) {
    const chosen = Math.floor((next() / 2 ** 32) * (last + 1));
    const item = items[last] as number;
    items[last] = items[chosen] as number;
    items[chosen] = item;
  }
  return items;
}
