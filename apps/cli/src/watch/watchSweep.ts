import type { Client } from "@sweepyard/client";
import type { RunView, SweepView } from "@sweepyard/contract";
import { commandName } from "../commandName.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../failure.js";
import { elapsedMs, formatDuration } from "../format/figures.js";
import { renderRuns } from "../format/runTable.js";
import { formatBest, formatCounts } from "../format/sweepText.js";
import { createDisplay } from "./display.js";
import { followLive } from "./followLive.js";
import { renderSweepWatch } from "./renderSweepWatch.js";
import {
  applyToSweepWatch,
  isSweepOver,
  type Pace,
  reloadSweepWatch,
  type SweepWatch,
  shareDone,
  startSweepWatch,
  timeLeftMs,
} from "./sweepWatch.js";

/** Follows a sweep to its end and answers with what came of it: 1 if it or a run of it failed. */
export async function watchSweep(
  { output, signal }: Context,
  client: Client,
  id: string,
): Promise<ExitCode> {
  const display = createDisplay(output);
  let watch: SweepWatch | undefined;
  let firstPace: Pace | null = null;
  let isConnected = true;

  const frame = (): readonly string[] => {
    if (watch === undefined) return [];
    const now = Date.now();
    const share = shareDone(watch);
    const isMoving = watch.sweep.state === "running" && share !== null;
    const leftMs = isMoving ? timeLeftMs(firstPace, { atMs: now, share }) : null;
    const mostRuns = Math.max(1, display.rows - 6);
    return renderSweepWatch({ watch, leftMs, now, mostRuns, isConnected }, output.colors);
  };

  try {
    await followLive({
      client,
      sweepId: id,
      signal,
      async load() {
        const sweep = await client.sweeps.get(id, { signal });
        const running = await client.runs.list(
          { sweepId: id, state: ["running"], sort: "number", limit: 1000 },
          { signal },
        );
        if (watch === undefined && !display.isLive)
          display.say(`${sweep.name} is ${sweep.state}: ${formatCounts(sweep.counts)}`);
        watch =
          watch === undefined
            ? startSweepWatch(sweep, running.items)
            : reloadSweepWatch(watch, sweep, running.items);
        const share = shareDone(watch);
        if (share !== null) firstPace ??= { atMs: Date.now(), share };
        display.animate(frame);
      },
      apply(event) {
        if (output.json) output.answer(event, () => "");
        if (watch === undefined) return true;
        const applied = applyToSweepWatch(watch, event);
        watch = applied.watch;
        if (applied.line !== null) display.say(applied.line);
        return applied.isPartial;
      },
      isOver: () => watch !== undefined && isSweepOver(watch),
      onConnection(state) {
        if (!display.isLive && state === "waiting") display.say("connection lost, trying again");
        isConnected = state === "open";
      },
    });
  } finally {
    display.stop();
    if (signal.aborted) output.progress(`the sweep goes on: ${commandName} sweep watch ${id}`);
  }

  const sweep = await client.sweeps.get(id, { signal });
  const sort = sweep.objective.direction === "maximize" ? "-objective" : "objective";
  const { items: runs } = await client.runs.list({ sweepId: id, sort, limit: 20 }, { signal });
  output.answer({ type: "summary", sweep, bestRuns: runs }, () =>
    renderSummary(sweep, runs, output.colors),
  );
  return sweep.state === "cancelled" || sweep.counts.failed > 0 ? EXIT.refused : EXIT.ok;
}

function renderSummary(
  sweep: SweepView,
  runs: readonly RunView[],
  colors: Context["output"]["colors"],
): string {
  const time = formatDuration(
    elapsedMs(sweep.startedAt ?? sweep.createdAt, sweep.endedAt, Date.now()),
  );
  const { best } = sweep;
  return [
    renderRuns(runs, colors),
    "",
    `${colors.bold(sweep.name)} ${sweep.state} in ${time}: ${formatCounts(sweep.counts)}`,
    `best  ${colors.green(formatBest(best))}`,
    ...(best === null ? [] : [`  ${commandName} promote ${best.runId} --model <name>`]),
  ].join("\n");
}
