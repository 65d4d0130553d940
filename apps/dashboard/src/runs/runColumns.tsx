import { paramText, type RunView } from "@sweepyard/contract";
import { IconStarFilled } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ColumnDef, metaHelper, tableFeatures } from "@tanstack/react-table";
import type { ReactNode } from "react";
import { formatMetricIn, formatParamIn, type Notation } from "../format/columnNotation.js";
import { MISSING } from "../format/formatNumber.js";
import { formatDuration, formatInstant, formatShortInstant } from "../format/formatTime.js";
import { ExcludedTag } from "../shell/ExcludedTag.js";
import { StateTag } from "../shell/StateTag.js";
import { EpochBar } from "./EpochBar.js";
import { trainingTime } from "./orderRuns.js";
import { paramsText } from "./paramsText.js";
import { runLabel } from "./runLabel.js";

export interface RunColumnMeta {
  readonly label: string;
  readonly title?: string;
  readonly width: number | string;
  /** Right-aligned figures. */
  readonly number?: boolean;
  /** What the API sorts by, if it is not the column's id; null: not sortable. */
  readonly sortBy?: string | null;
  /** The direction a first click sorts in. */
  readonly bestFirst?: "ascending" | "descending";
  readonly show: (run: RunView, now: number) => ReactNode;
}

export const runFeatures = tableFeatures({ columnMeta: metaHelper<RunColumnMeta>() });
export type RunFeatures = typeof runFeatures;
export type RunColumn = ColumnDef<RunFeatures, RunView> & {
  readonly id: string;
  readonly meta: RunColumnMeta;
};

const figure = (value: number | null | undefined, notation: Notation = "plain") => (
  <span title={value === null || value === undefined ? undefined : String(value)}>
    {formatMetricIn(notation, value)}
  </span>
);

const stateColumn: RunColumn = {
  id: "state",
  meta: {
    label: "state",
    width: 116,
    show: (run) =>
      run.excluded === null ? (
        <StateTag state={run.state} reason={run.stateReason} />
      ) : (
        <span
          style={{ display: "inline-flex", alignItems: "center", gap: 5, verticalAlign: "middle" }}
        >
          <ExcludedTag excluded={run.excluded} />
          <StateTag state={run.state} reason={`${run.state}, but excluded`} iconOnly />
        </span>
      ),
  },
};

const epochColumn: RunColumn = {
  id: "epoch",
  meta: {
    label: "epochs",
    title: "epochs done of planned",
    width: 116,
    show: (run) => <EpochBar done={run.epoch} planned={run.epochs} state={run.state} />,
  },
};

const durationColumn: RunColumn = {
  id: "trainMs",
  meta: {
    label: "duration",
    title: "time spent training",
    width: 92,
    number: true,
    show: (run, now) => formatDuration(trainingTime(run, now)),
  },
};

const workerColumn: RunColumn = {
  id: "workerName",
  meta: {
    label: "worker",
    width: 116,
    sortBy: null,
    show: (run) => (
      <span className="dimmed" title={run.workerName ?? undefined}>
        {run.workerName === null ? MISSING : `${run.workerName}, slot ${run.slot ?? MISSING}`}
      </span>
    ),
  },
};

const testColumn: RunColumn = {
  id: "metrics.test.accuracy",
  meta: {
    label: "test accuracy",
    title: "accuracy on the test split, known once a run has completed",
    width: 104,
    number: true,
    bestFirst: "descending",
    show: (run) => figure(run.metrics["test.accuracy"]),
  },
};

const nameColumn = (
  nameOf: (run: RunView) => string,
  width: number,
  extra?: (run: RunView) => ReactNode,
): RunColumn => ({
  id: "name",
  meta: {
    label: "run",
    width,
    sortBy: "number",
    show: (run) => (
      <span style={{ display: "flex", alignItems: "center", gap: 6 }}>
        {extra?.(run)}
        <Link to="/runs/$runId" params={{ runId: run.id }} className="link clip" title={run.name}>
          {run.excluded === null ? nameOf(run) : <s>{nameOf(run)}</s>}
        </Link>
      </span>
    ),
  },
});

export const paramColumn = (name: string, notation: Notation, isWord = false): RunColumn => ({
  id: `params.${name}`,
  meta: {
    label: name,
    width: 96,
    number: !isWord,
    show: (run) => (
      <span title={`${name} = ${paramText(run.params[name] ?? null)}`}>
        {formatParamIn(notation, run.params[name])}
      </span>
    ),
  },
});

export const metricColumn = (name: string): RunColumn => ({
  id: `metrics.${name}`,
  meta: {
    label: name,
    title: `${name}, its last value`,
    width: 112,
    number: true,
    show: (run) => figure(run.metrics[name]),
  },
});

export const tagsColumn: RunColumn = {
  id: "tags",
  meta: { label: "tags", width: 120, sortBy: null, show: (run) => run.tags.join(", ") },
};

/** Columns of one sweep's runs: what varies, and how it came out. */
export function sweepRunColumns(options: {
  readonly metric: string;
  readonly maximize: boolean;
  readonly params: readonly {
    readonly name: string;
    readonly notation: Notation;
    /** Words begin where those of other rows do; figures end there. */
    readonly isWord: boolean;
  }[];
  /** How the objective's figures are written. */
  readonly notation: Notation;
  readonly bestRunId: string | null;
  readonly colourOf: (run: RunView) => string;
}): RunColumn[] {
  const { metric, maximize, params, notation: figures, bestRunId, colourOf } = options;
  return [
    nameColumn(runLabel, 120, (run) => (
      <>
        <span
          aria-hidden
          style={{
            width: 9,
            height: 9,
            flex: "none",
            borderRadius: 2,
            background: run.excluded === null ? colourOf(run) : "var(--line)",
          }}
        />
        {run.id === bestRunId ? (
          <IconStarFilled
            size={12}
            aria-label="best run"
            style={{ color: "var(--best)", flex: "none" }}
          />
        ) : null}
      </>
    )),
    stateColumn,
    {
      id: "objective",
      meta: {
        label: metric,
        title: `objective: ${metric} after the last finished epoch, not the best one; ${maximize ? "more" : "less"} is better`,
        width: 112,
        number: true,
        bestFirst: maximize ? "descending" : "ascending",
        show: (run) => figure(run.objective, figures),
      },
    },
    ...params.map(({ name, notation, isWord }) => paramColumn(name, notation, isWord)),
    testColumn,
    epochColumn,
    durationColumn,
    workerColumn,
  ];
}

/** Columns of the runs of all sweeps; on a phone the first three are in sight. */
export const projectRunColumns: readonly RunColumn[] = [
  nameColumn(runLabel, 96),
  stateColumn,
  {
    id: "objective",
    meta: {
      label: "objective",
      title: "of the run's own sweep, after its last finished epoch; a single run has none",
      width: 92,
      number: true,
      bestFirst: "descending",
      show: (run) => figure(run.objective),
    },
  },
  {
    id: "sweepName",
    meta: {
      label: "sweep",
      width: 240,
      sortBy: null,
      show: (run) =>
        run.sweepId === null ? (
          <span className="dimmed">single run</span>
        ) : (
          <Link to="/sweeps/$sweepId" params={{ sweepId: run.sweepId }} className="link">
            {run.sweepName}
          </Link>
        ),
    },
  },
  testColumn,
  {
    id: "params",
    meta: {
      label: "params",
      width: "auto",
      sortBy: null,
      show: (run) => {
        const text = paramsText(run.params);
        return <span title={text}>{text === "" ? MISSING : text}</span>;
      },
    },
  },
  epochColumn,
  durationColumn,
  {
    id: "createdAt",
    meta: {
      label: "created",
      width: 128,
      bestFirst: "descending",
      show: (run) => (
        <span className="dimmed" title={formatInstant(run.createdAt)}>
          {formatShortInstant(run.createdAt)}
        </span>
      ),
    },
  },
];
