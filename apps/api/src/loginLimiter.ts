import { AppError } from "@sweepyard/contract";

const FAILURES = 10;
const WINDOW_MS = 60_000;
const REMEMBERED = 10_000;

/** Counts failed log-ins of each address; keys are too long to guess, so this spares the log. */
export class LoginLimiter {
  readonly #failures = new Map<string, { count: number; until: number }>();

  /** @throws {AppError} `too_many_requests` */
  check(address: string, now = Date.now()): void {
    const entry = this.#failures.get(address);
    if (entry === undefined || entry.until <= now || entry.count < FAILURES) return;
    const seconds = Math.ceil((entry.until - now) / 1000);
    throw new AppError("too_many_requests", `too many failed log-ins: wait ${seconds} s`);
  }

  failed(address: string, now = Date.now()): void {
    const entry = this.#failures.get(address);
    if (entry !== undefined && entry.until > now) {
      entry.count++;
      return;
    }
    // The oldest entry goes first: a Map keeps the order of insertion.
    const [oldest] = this.#failures.keys();
    if (this.#failures.size >= REMEMBERED && oldest !== undefined) this.#failures.delete(oldest);
    this.#failures.delete(address);
    this.#failures.set(address, { count: 1, until: now + WINDOW_MS });
  }
}
