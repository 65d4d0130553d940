import type { Injected } from "./runFaults.js";

/** A Markdown table: for each kind of fault how many there were, and the median and longest recovery. */
export function recoveryTable(injected: readonly Injected[]): string {
  const kinds = [...new Set(injected.map(({ fault }) => fault))].sort();
  const rows = kinds.map((kind) => {
    const times = injected
      .filter(({ fault }) => fault === kind)
      .map(({ recoveryMs }) => recoveryMs)
      .sort((a, b) => a - b);
    const median = times[Math.floor((times.length - 1) / 2)] ?? Number.NaN;
    const longest = times.at(-1) ?? Number.NaN;
    return `| ${kind} | ${times.length} | ${seconds(median)} | ${seconds(longest)} |`;
  });
  return ["| fault | times | p50 | max |", "| --- | ---: | ---: | ---: |", ...rows].join("\n");
}

const seconds = (ms: number): string =>
  Number.isNaN(ms) ? "never" : `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;
