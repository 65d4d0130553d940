import type { RunView } from "@sweepyard/contract";
import type { Colors } from "./colors.js";
import { formatDuration, formatFigure } from "./figures.js";
import { formatParams } from "./params.js";
import { colorState } from "./stateColor.js";
import { type Column, renderTable } from "./table.js";

/** Runs as a table. The sweep is named where runs of several can stand side by side. */
export function renderRuns(
  runs: readonly RunView[],
  colors: Colors,
  { withSweep = false }: { readonly withSweep?: boolean } = {},
): string {
  const columns: Column<RunView>[] = [
    { head: "#", cell: (run) => String(run.number), align: "right" },
    ...(withSweep
      ? [{ head: "sweep", cell: (run: RunView) => run.sweepName ?? run.name } as const]
      : []),
    { head: "state", cell: (run) => colorState(run.state, colors) },
    { head: "params", cell: (run) => formatParams(run.params) },
    { head: "epoch", cell: (run) => `${run.epoch}/${run.epochs}`, align: "right" },
    { head: "objective", cell: (run) => formatFigure(run.objective), align: "right" },
    { head: "test acc.", cell: (run) => testAccuracy(run), align: "right" },
    { head: "trained", cell: (run) => formatDuration(run.trainMs), align: "right" },
    { head: "run", cell: (run) => run.id },
  ];
  return renderTable(runs, columns, colors);
}

const testAccuracy = (run: RunView): string => formatFigure(run.metrics["test.accuracy"]);
