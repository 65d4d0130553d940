/** Draws for a schedule that a seed repeats: Numbers, members, order. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From [0, 1). Mulberry32, by Tommy Ettinger. */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }

  pick<T>(members: readonly T[]): T {
    const member = members[Math.floor(this.unit() * members.length)];
    if (member === undefined) throw new RangeError("nothing to pick from");
    return member;
  }

  shuffled<T>(members: readonly T[]): T[] {
    const shuffled = [...members];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = Math.floor(this.unit() * (last + 1));
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }
}
