import type { Tensors } from "../tensor.js";
import type { GoldenTensor } from "./goldenCase.js";

/** A number further from the recorded one than it may be. */
export interface GoldenMiss {
  readonly what: string;
  readonly got: number;
  readonly want: number;
}

export interface GoldenResult {
  /** Largest error found, as a share of what is allowed; NaN counts as infinite. */
  readonly largestError: number;
  /** Where it was found. */
  readonly where: string;
  /** How many numbers were compared. */
  readonly compared: number;
  readonly misses: readonly GoldenMiss[];
}

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** For training, fitting and inference. */
export const FLOAT32: Tolerance = { absolute: 1e-5, relative: 1e-4 };

/** Compares numbers with recorded ones: abs(got − want) ≤ absolute + relative · abs(want). */
export class Comparison implements GoldenResult {
  largestError = 0;
  where = "";
  compared = 0;
  readonly misses: GoldenMiss[] = [];
  readonly #tolerance: Tolerance;

  constructor(tolerance: Tolerance = FLOAT32) {
    this.#tolerance = tolerance;
  }

  number(what: string, got: number | undefined, want: number, tolerance = this.#tolerance): void {
    const found = got ?? Number.NaN;
    const difference = found === want ? 0 : Math.abs(found - want);
    const allowed = tolerance.absolute + tolerance.relative * Math.abs(want);
    this.#note(what, found, want, difference / allowed);
  }

  /** Equality, for what has no tolerance. */
  exact(what: string, got: number | undefined, want: number): void {
    const found = got ?? Number.NaN;
    this.#note(what, found, want, found === want ? 0 : Number.POSITIVE_INFINITY);
  }

  numbers(
    what: string,
    got: ArrayLike<number> | undefined,
    want: readonly number[],
    tolerance = this.#tolerance,
  ): void {
    this.exact(`${what}: how many`, got?.length, want.length);
    want.forEach((value, index) => {
      this.number(`${what}[${index}]`, got?.[index], value, tolerance);
    });
  }

  tensor(want: GoldenTensor, tensors: Tensors | undefined, of = ""): void {
    const { name = "" } = want;
    this.numbers(`${of}${name}`, tensors?.get(name)?.data, want.data);
  }

  #note(what: string, got: number, want: number, error: number): void {
    this.compared++;
    if (!(error <= 1)) this.misses.push({ what, got, want });
    const counted = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    if (counted <= this.largestError && this.where !== "") return;
    this.largestError = Math.max(this.largestError, counted);
    this.where = what;
  }
}
