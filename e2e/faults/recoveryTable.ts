import type { Injected } from "./runFaults.js";

/**
 * A Markdown table, as docs/reliability.md has it: for each kind of fault how many there were, the
 * median and longest time until the runs that it disturbed were in good hands again, and until all
 * was as before.
 */
export function recoveryTable(injected: readonly Injected[]): string {
  const kinds = [...new Set(injected.map(({ fault }) => fault))].sort();
  const rows = kinds.map((kind) => {
    const some = injected.filter(({ fault }) => fault === kind);
    const cells = [
      kind,
      some.length,
      ...spread(some.map(({ runsMs }) => runsMs)),
      ...spread(some.map(({ recoveryMs }) => recoveryMs)),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| fault | times | runs, p50 | runs, max | all, p50 | all, max |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}

function spread(times: readonly number[]): [median: string, longest: string] {
  // What never recovered is longer than all that did.
  const sorted = times.map((ms) => (Number.isNaN(ms) ? Infinity : ms)).sort((a, b) => a - b);
  return [seconds(sorted[Math.floor((sorted.length - 1) / 2)]), seconds(sorted.at(-1))];
}

const seconds = (ms = Infinity): string =>
  ms === Infinity ? "never" : `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;
