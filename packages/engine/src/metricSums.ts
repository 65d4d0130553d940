import type { EpochMetrics } from "@sweepyard/contract";
import type { BatchMetrics } from "./engine.js";

/** Adds up batches in double precision. */
export class MetricSums {
  #rows = 0;
  readonly #sums = new Map<string, number>();

  add({ rows, lossSum, metricSums }: BatchMetrics): void {
    this.#rows += rows;
    for (const [name, sum] of [["loss", lossSum] as const, ...Object.entries(metricSums)])
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + sum);
  }

  get isFinite(): boolean {
    return this.#rows === 0 || Number.isFinite(this.#sums.get("loss"));
  }

  means(): Omit<EpochMetrics, "learning_rate"> {
    const { loss = Number.NaN, ...rest } = this.#means("");
    return { loss, ...rest };
  }

  /** Nothing where no rows validate. */
  validationMeans(): Partial<EpochMetrics> {
    return this.#means("val_");
  }

  #means(prefix: string): Partial<Omit<EpochMetrics, "learning_rate">> {
    const means = [...this.#sums].map(([name, sum]) => [`${prefix}${name}`, sum / this.#rows]);
    return Object.fromEntries(means);
  }
}
