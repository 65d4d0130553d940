import type { RunState, RunView, SweepView } from "@sweepyard/contract";
import pc from "picocolors";
import { formatDuration, formatParams, formatScore, progressBar } from "./format.js";

/** What the live display shows, and the one line that stands for it where nothing is redrawn. */
export interface SweepProgress {
  readonly block: string;
  readonly line: string;
}

export interface ProgressInput {
  readonly sweep: SweepView;
  /** By number. */
  readonly runs: readonly RunView[];
  /** Epochs of one run. */
  readonly epochsPerRun: number;
  /** Null until it can be estimated. */
  readonly secondsLeft: number | null;
  readonly dashboardUrl: string;
  readonly columns: number;
  readonly rows: number;
  readonly isColored: boolean;
}

/** Pure: what it draws depends on its input alone. */
export function prepareProgress(input: ProgressInput): SweepProgress {
  const { sweep, runs, epochsPerRun, secondsLeft } = input;
  const colors = pc.createColors(input.isColored);
  const planned = sweep.plannedRuns ?? runs.length;
  const ended = runs.filter((run) => run.endedAt !== null).length;
  const epochsDone = sweep.epochsDone;
  const epochsPlanned = Math.max(planned * epochsPerRun, sweep.epochsPlanned);
  const left =
    secondsLeft === null ? "estimating the time left" : `${formatDuration(secondsLeft)} left`;
  const counts = `${ended} of ${planned} runs, ${epochsDone} of ${epochsPlanned} epochs`;
  const best = bestLine(sweep);
  const trouble = troubleLine(runs);

  const shown = chooseRuns(runs, Math.max(3, input.rows - 8));
  const hidden = runs.length - shown.length;
  const toCome = planned - runs.length;
  const rest = [
    hidden > 0 ? `${hidden} more not shown` : "",
    toCome > 0 ? `${toCome} more to come` : "",
  ].filter(Boolean);
  const lines = [
    colors.bold(sweep.name) + (sweep.state === "paused" ? colors.yellow("  paused") : ""),
    `${colors.cyan(progressBar(epochsDone, epochsPlanned, 30))} ${counts}, ${left}`,
    "",
    ...shown.map((run) => runLine(run, sweep.objective.metric, colors)),
    ...(rest.length > 0 ? [colors.dim(`  … ${rest.join(", ")}`)] : []),
    "",
    ...(trouble === null ? [] : [colors.yellow(trouble)]),
    `Best so far: ${best === null ? "none has finished" : colors.green(best)}`,
    colors.dim(`Dashboard: ${input.dashboardUrl}   Ctrl-C stops everything`),
  ];
  return {
    block: lines.map((line) => clip(line, input.columns)).join("\n"),
    line: `${counts}, ${left}${best === null ? "" : `; best so far: ${best}`}${trouble === null ? "" : `; ${trouble}`}`,
  };
}

/** Why a run that has begun waits again: its last attempt failed, or its worker was lost. */
function troubleLine(runs: readonly RunView[]): string | null {
  const waiting = runs.find(
    ({ state, attempt, stateReason }) => state === "queued" && attempt > 0 && stateReason !== null,
  );
  return waiting === undefined ? null : `run ${waiting.number} waits: ${waiting.stateReason}`;
}

function bestLine({ best }: SweepView): string | null {
  if (best === null) return null;
  return `run ${best.number} (${formatParams(best.params)}), ${best.metric} ${formatScore(best.value)}`;
}

/** Those that train first, then the queued ones, then the latest to end; in order of number. */
function chooseRuns(runs: readonly RunView[], most: number): RunView[] {
  if (runs.length <= most) return [...runs];
  const rank = (run: RunView) => (run.state === "running" ? 0 : run.endedAt === null ? 2 : 1);
  return [...runs]
    .sort((a, b) => rank(a) - rank(b) || (b.endedAt ?? "").localeCompare(a.endedAt ?? ""))
    .slice(0, most)
    .sort((a, b) => a.number - b.number);
}

function runLine(run: RunView, metric: string, colors: ReturnType<typeof pc.createColors>) {
  const paint: Record<RunState, (text: string) => string> = {
    queued: colors.dim,
    running: colors.cyan,
    paused: colors.yellow,
    completed: colors.green,
    pruned: colors.dim,
    diverged: colors.yellow,
    failed: colors.red,
    cancelled: colors.yellow,
  };
  const bar = progressBar(run.epoch, run.epochs, 15);
  const epochs = `${String(run.epoch).padStart(3)}/${run.epochs}`;
  const score = run.objective === null ? "" : `${metric} ${formatScore(run.objective)}`;
  const retry = run.attempt > 1 ? colors.yellow(` attempt ${run.attempt}`) : "";
  const params = formatParams(run.params).padEnd(30);
  return `  ${String(run.number).padStart(2)}  ${params} ${paint[run.state](run.state.padEnd(9))} ${bar} ${epochs}  ${score}${retry}`;
}

/** Cuts what the eye sees to `columns`; colour codes take no room. */
function clip(line: string, columns: number): string {
  let width = 0;
  let cut = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one
  for (const part of line.split(/(\x1b\[\d+m)/)) {
    if (part.startsWith("\x1b[")) cut += part;
    else {
      cut += part.slice(0, Math.max(0, columns - width));
      width += part.length;
    }
  }
  return cut;
}
