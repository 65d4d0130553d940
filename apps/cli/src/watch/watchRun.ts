import type { Client } from "@sweepyard/client";
import { isTerminal, type MetricRow, type RunView } from "@sweepyard/contract";
import { commandName } from "../commandName.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../failure.js";
import { formatDuration } from "../format/figures.js";
import { metricsText } from "../format/metricsText.js";
import { progressBar } from "../format/progressBar.js";
import { renderRun } from "../format/runText.js";
import { colorState } from "../format/stateColor.js";
import { createDisplay } from "./display.js";
import { followLive } from "./followLive.js";
import { timeLeftMs } from "./sweepWatch.js";

/**
 * Follows one run to its end: 1 unless it completed (or was pruned, which is a result).
 * @param fromEpoch epochs after this one are told; absent: after the one it is at.
 */
export async function watchRun(
  { output, signal }: Context,
  client: Client,
  id: string,
  fromEpoch?: number,
): Promise<ExitCode> {
  const display = createDisplay(output);
  const first = await client.runs.get(id, { signal });
  let told = fromEpoch ?? first.epoch;
  const startedWatchingAt = Date.now();
  let run = first;
  let isConnected = true;

  const frame = (): readonly string[] => {
    const leftMs = timeLeftMs(
      { atMs: startedWatchingAt, share: first.epoch / first.epochs },
      { atMs: Date.now(), share: run.epoch / run.epochs },
    );
    const left = leftMs === null ? "" : `  about ${formatDuration(leftMs)} left`;
    const { colors } = output;
    return [
      `${colors.bold(run.name)}  ${colorState(run.state, colors)}${left}`,
      `${colors.cyan(progressBar(run.epoch, run.epochs, 24))} ${run.epoch} of ${run.epochs} epochs`,
      ...(isConnected ? [] : [colors.yellow("connection lost, trying again")]),
    ];
  };

  const tell = (row: MetricRow) => {
    if (row.step !== told + 1) return; // told already, or the ones before come first
    told = row.step;
    display.say(tellEpoch(run, row));
  };
  /** Epochs whose events came before we listened, or while the connection was lost. */
  const tellMissed = async () => {
    run = await client.runs.get(id, { signal });
    if (run.epoch <= told) return;
    const { rows } = await client.runs.metrics(id, { signal });
    for (const row of rows) tell(row);
  };

  try {
    await followLive({
      client,
      sweepId: first.sweepId ?? undefined,
      signal,
      async load() {
        await tellMissed();
        display.animate(frame);
      },
      apply(event) {
        const isOurs =
          (event.type === "run.changed" && event.run.id === id) ||
          (event.type === "run.epoch" && event.runId === id);
        if (!isOurs) return false;
        if (output.json) output.answer(event, () => "");
        if (event.type === "run.epoch") {
          run = { ...run, epoch: Math.max(run.epoch, event.row.step) };
          tell(event.row);
        }
        if (event.type === "run.changed") {
          if (event.run.state !== run.state) display.say(`${run.name} is ${event.run.state}`);
          run = event.run;
        }
        return false;
      },
      isOver: () => isTerminal(run.state),
      onConnection(state) {
        if (!display.isLive && state === "waiting") display.say("connection lost, trying again");
        isConnected = state === "open";
      },
    });
    await tellMissed();
  } finally {
    display.stop();
    if (signal.aborted) output.progress(`the run goes on: ${commandName} run watch ${id}`);
  }

  const { items: attempts } = await client.runs.attempts(id, { signal });
  const report = run.state === "completed" ? await client.runs.report(id, { signal }) : null;
  output.answer({ type: "summary", run, attempts, report }, () =>
    renderRun({ run, attempts, report }, output.colors, Date.now()),
  );
  return run.state === "completed" || run.state === "pruned" ? EXIT.ok : EXIT.refused;
}

function tellEpoch(run: RunView, { step, values }: MetricRow): string {
  return `epoch ${step}/${run.epochs}  ${metricsText(values, "  ")}`;
}
