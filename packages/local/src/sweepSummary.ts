import {
  type AttemptView,
  paramText,
  type Report,
  type RunView,
  type SweepView,
} from "@sweepyard/contract";
import Table from "cli-table3";
import { formatDuration, formatParams, formatPercent, formatScore } from "./format.js";
import { idleWhileWaiting } from "./idleWhileWaiting.js";

/** A finished sweep, in figures. `npm run demo -- --json` ends with this on one line. */
export interface SweepSummary {
  readonly sweepId: string;
  readonly runs: number;
  readonly best: {
    readonly runId: string;
    readonly params: RunView["params"];
    readonly test: { readonly accuracy: number | null; readonly f1Macro: number | null };
  } | null;
  /** From submission to the end of the last run. */
  readonly wallSeconds: number;
  /** Training time of all runs together. */
  readonly trainSeconds: number;
  readonly slots: number;
  /** See idleWhileWaiting. */
  readonly idleWhileWaiting: number;
  readonly dashboardUrl: string;
}

export function summarise(input: {
  readonly sweep: SweepView;
  readonly runs: readonly RunView[];
  readonly attempts: readonly (readonly AttemptView[])[];
  readonly slots: number;
  readonly dashboardUrl: string;
}): SweepSummary {
  const { sweep, runs, attempts, slots, dashboardUrl } = input;
  const submitted = Date.parse(sweep.createdAt);
  const ends = runs.map((run) => Date.parse(run.endedAt ?? run.createdAt));
  const { best } = sweep;
  return {
    sweepId: sweep.id,
    runs: runs.length,
    best:
      best?.test == null
        ? null
        : {
            runId: best.runId,
            params: best.params,
            test: { accuracy: best.test.accuracy, f1Macro: best.test.f1Macro },
          },
    wallSeconds: (Math.max(submitted, ...ends) - submitted) / 1000,
    trainSeconds: runs.reduce((sum, run) => sum + run.trainMs, 0) / 1000,
    slots,
    idleWhileWaiting: idleWhileWaiting(
      submitted,
      slots,
      attempts.map((ofRun) =>
        ofRun.map(({ startedAt, endedAt }) => ({
          start: Date.parse(startedAt),
          end: endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(endedAt),
        })),
      ),
    ),
    dashboardUrl,
  };
}

/** The runs, best first; those without a score last. */
export function runTable(sweep: SweepView, runs: readonly RunView[]): string {
  const { metric, direction } = sweep.objective;
  const sign = direction === "maximize" ? -1 : 1;
  const score = (run: RunView) =>
    run.objective === null ? Number.POSITIVE_INFINITY : sign * run.objective;
  const dimensions = Object.keys(sweep.space);
  const table = new Table({
    head: ["run", ...dimensions, "state", metric, "test accuracy", "test F1", "train time"],
    style: { head: [], border: [], compact: true },
  });
  for (const run of [...runs].sort((a, b) => score(a) - score(b) || a.number - b.number))
    table.push([
      run.number,
      ...dimensions.map((name) => paramText(run.params[name] ?? "–")),
      run.state,
      formatScore(run.objective),
      formatScore(run.metrics["test.accuracy"]),
      formatScore(run.metrics["test.f1_macro"]),
      formatDuration(run.trainMs / 1000),
    ]);
  return table.toString();
}

/** What a person wants to know of a finished sweep below the table. */
export function summaryText(input: {
  readonly sweep: SweepView;
  readonly summary: SweepSummary;
  readonly report: Report | null;
  /** Whether the slots were there from its submission to its end. */
  readonly isOfOneStart: boolean;
  /** Null when there is nothing to promote. */
  readonly promote: { readonly cli: string; readonly curl: string } | null;
}): string {
  const { sweep, summary, report, isOfOneStart, promote } = input;
  const lines: string[] = [];
  const { best } = sweep;
  if (best === null) lines.push("No run has completed.");
  else {
    const test = best.test;
    lines.push(
      `Best: run ${best.number} (${formatParams(best.params)}), ${best.metric} ${formatScore(best.value)}` +
        (test === null
          ? ""
          : `, test accuracy ${formatScore(test.accuracy)}, test F1 (macro) ${formatScore(test.f1Macro)}`),
    );
  }
  if (report?.task === "classification" && report.mostConfused.length > 0) {
    const pairs = report.mostConfused
      .slice(0, 3)
      .map(({ a, b, count }) => `${a} and ${b} (${count} of ${report.samples})`);
    lines.push(`Most often confused: ${pairs.join("; ")}`);
  }
  const idle = isOfOneStart
    ? `; while runs waited, the slots were idle ${formatPercent(summary.idleWhileWaiting)} of the time`
    : "";
  lines.push(
    `${summary.runs} runs on ${summary.slots} ${summary.slots === 1 ? "slot" : "slots"} in ${formatDuration(summary.wallSeconds)}` +
      ` (${formatDuration(summary.trainSeconds)} of training)${idle}`,
  );
  if (promote !== null)
    lines.push("", "Promote the best run:", `  ${promote.cli}`, "or:", `  ${promote.curl}`);
  return lines.join("\n");
}
