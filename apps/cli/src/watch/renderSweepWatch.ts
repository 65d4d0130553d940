import type { Colors } from "../format/colors.js";
import { elapsedMs, formatDuration, formatFigure } from "../format/figures.js";
import { formatParams } from "../format/params.js";
import { progressBar } from "../format/progressBar.js";
import { colorState } from "../format/stateColor.js";
import { endedRuns, formatBest } from "../format/sweepText.js";
import type { SweepWatch } from "./sweepWatch.js";
import { shareDone } from "./sweepWatch.js";

export interface SweepFrame {
  readonly watch: SweepWatch;
  readonly leftMs: number | null;
  readonly now: number;
  /** At most so many running runs are drawn. */
  readonly mostRuns: number;
  readonly isConnected: boolean;
}

/** A sweep being watched: its bar, a bar for each running run, the best so far, the time left. */
export function renderSweepWatch(frame: SweepFrame, colors: Colors): string[] {
  const { watch, leftMs, now, mostRuns } = frame;
  const { sweep } = watch;
  const elapsed = formatDuration(elapsedMs(sweep.startedAt ?? sweep.createdAt, sweep.endedAt, now));
  const left = leftMs === null || leftMs < 1000 ? "" : `, about ${formatDuration(leftMs)} left`;
  const running = [...watch.running.values()].sort((a, b) => a.number - b.number);
  const hidden = running.length - mostRuns;
  return [
    `${colors.bold(sweep.name)}  ${colorState(sweep.state, colors)}  ${elapsed}${left}`,
    renderTotals(watch),
    ...running
      .slice(0, mostRuns)
      .map(
        (run) =>
          `  ${colors.cyan(progressBar(run.epoch, run.epochs, 12))} ${`${run.epoch}/${run.epochs}`.padStart(7)}  ${sweep.objective.metric} ${formatFigure(run.objective)}  ${colors.dim(`#${run.number} ${formatParams(run.params)}`)}`,
      ),
    ...(hidden > 0 ? [colors.dim(`  … and ${hidden} more`)] : []),
    `best so far  ${colors.green(formatBest(sweep.best))}`,
    ...(frame.isConnected ? [] : [colors.yellow("connection lost, trying again")]),
  ];
}

function renderTotals(watch: SweepWatch): string {
  const { counts, plannedRuns } = watch.sweep;
  const share = shareDone(watch);
  const bar =
    share === null ? "" : `${progressBar(share, 1, 24)} ${String(Math.floor(share * 100))} %  `;
  const ended = `${endedRuns(counts)} of ${plannedRuns ?? "?"} runs ended`;
  const rest = ` (${watch.running.size} training, ${counts.queued} queued)`;
  return `${bar}${ended}${rest}`;
}
