import type { Id } from "@sweepyard/contract";
import { type AskTellAnswer, type AskTellCall, askAndTell, type Db } from "@sweepyard/db";
import type { SweepDecider } from "@sweepyard/search";

export interface AskTellResult extends AskTellAnswer {
  readonly idleSweeps: readonly Id[];
}

interface Waiting {
  readonly call: AskTellCall;
  resolve(result: AskTellResult): void;
  reject(error: unknown): void;
}

/** Ends and runs of one transaction at most, so that none lasts long. */
const SIZE_MAX = 256;

const sizeOf = ({ told, ask }: AskTellCall) => told.length + (ask?.count ?? 0);

/**
 * What trainers ask and tell of one sweep has to take turns, since it is decided in one order.
 * Calls that come while a transaction is under way wait for it and share the next one: the more
 * trainers, the larger the groups, and each commit is paid for once.
 */
export class AskTellCalls {
  readonly #db: Db;
  readonly #decider: SweepDecider;
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(db: Db, decider: SweepDecider) {
    this.#db = db;
    this.#decider = decider;
  }

  /** Resolves once it is committed. @throws what `askAndTell` throws for this call alone. */
  submit(projectId: Id, id: Id, call: AskTellCall): Promise<AskTellResult> {
    return new Promise((resolve, reject) => {
      const key = `${projectId} ${id}`;
      const waiting = this.#waiting.get(key);
      const entry = { call, resolve, reject };
      if (waiting !== undefined) {
        waiting.push(entry);
        return;
      }
      const first = [entry];
      this.#waiting.set(key, first);
      void this.#work({ projectId, id }, first, () => this.#waiting.delete(key));
    });
  }

  async #work(
    sweep: { projectId: Id; id: Id },
    waiting: Waiting[],
    onIdle: () => void,
  ): Promise<void> {
    while (waiting.length > 0) {
      let size = 0;
      const fits = waiting.findIndex(({ call }, index) => {
        size += sizeOf(call);
        return index > 0 && size > SIZE_MAX;
      });
      await this.#group(sweep, waiting.splice(0, fits < 0 ? waiting.length : fits));
    }
    onIdle(); // at once, or a call that comes meanwhile would wait for ever
  }

  async #group(sweep: { projectId: Id; id: Id }, group: readonly Waiting[]): Promise<void> {
    try {
      const calls = group.map(({ call }) => call);
      const { answers, idleSweeps } = await askAndTell(this.#db, sweep, calls, this.#decider);
      for (const [index, { resolve }] of group.entries())
        resolve({ ...(answers[index] ?? { runs: [], next: null }), idleSweeps });
    } catch (error) {
      // One call's mistake is not the others': each is tried on its own.
      if (group.length === 1) group[0]?.reject(error);
      else for (const each of group) await this.#group(sweep, [each]);
    }
  }
}
