import { type ProcessRow, treeOf } from "./processTable.js";

export interface Load {
  /** Cores kept busy on average since the look before. */
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** Tells from two looks at the table of processes what trees of them took in between. */
export class LoadMeter {
  #before: { readonly at: number; readonly cpuMs: ReadonlyMap<number, number> } | undefined;

  /**
   * The load of each leader's tree since the last look. The first look has no time to speak of, so
   * its CPU is 0. A process that came since counts from its beginning; what one that has ended since
   * took after the last look is not known.
   * @param at on a monotonic clock, in ms
   */
  look(processes: readonly ProcessRow[], leaders: readonly number[], at: number): Load[] {
    const before = this.#before;
    this.#before = { at, cpuMs: new Map(processes.map(({ pid, cpuMs }) => [pid, cpuMs])) };
    return leaders.map((leader) => {
      const tree = treeOf(processes, leader);
      const memoryBytes = tree.reduce((sum, { bytes }) => sum + bytes, 0);
      if (before === undefined || at <= before.at) return { cpuCores: 0, memoryBytes };
      const cpuMs = tree.reduce(
        (sum, { pid, cpuMs: now }) => sum + Math.max(0, now - (before.cpuMs.get(pid) ?? 0)),
        0,
      );
      return { cpuCores: cpuMs / (at - before.at), memoryBytes };
    });
  }
}
