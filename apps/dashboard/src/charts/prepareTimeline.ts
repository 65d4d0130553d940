import { RunState, type SweepTimeline } from "@sweepyard/contract";
import type { Mask } from "../board/matchRuns.js";
import { indexOfRun, type RunSet, stateAt } from "../board/runSet.js";
import { formatCount, formatCounted } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";
import type { Axis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";

/** Attempts of one look as lines [2, x, y, x, y, 2, …]. */
export interface TimelineGroup {
  /** Null: attempts at runs that the selection leaves out. */
  readonly state: RunState | null;
  readonly coords: Float64Array;
}

export interface Timeline {
  readonly x: Axis;
  readonly y: Axis;
  readonly groups: readonly TimelineGroup[];
  /** Waits in the queue, drawn thin in the slot that ended them. */
  readonly waits: Float64Array;
  /** For finding what lies under a pointer: in the order of the answer. */
  readonly bars: readonly TimelineBar[];
  readonly lanes: number;
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

export interface TimelineBar {
  readonly number: number;
  readonly state: RunState;
  readonly lane: number;
  readonly start: number;
  readonly end: number;
  readonly wait: number | null;
  readonly isOpen: boolean;
}

/** Which slot trained what and when, in ms since the sweep was made, and what waited before. */
export function prepareTimeline(
  timeline: SweepTimeline,
  set: RunSet,
  mask: Mask | null,
  now: number,
): Timeline | null {
  if (timeline.numbers.length === 0) return null;
  const elapsed = now - Date.parse(timeline.origin);
  const bars = timeline.numbers.map((number, at): TimelineBar => {
    const index = indexOfRun(set, number);
    const start = timeline.start[at] ?? 0;
    const end = timeline.end[at] ?? null;
    return {
      number,
      state: index < 0 ? "completed" : stateAt(set, index),
      lane: timeline.lane[at] ?? 0,
      start,
      end: Math.max(start, end ?? elapsed),
      wait: timeline.wait[at] ?? null,
      isOpen: end === null,
    };
  });
  const last = bars.reduce((most, bar) => Math.max(most, bar.end), 1);
  const lanes = timeline.lanes.length;
  // Lanes are drawn from the top.
  const rowOf = (lane: number) => lanes - 1 - lane;
  const byState = new Map<RunState | null, number[]>();
  const waits: number[] = [];
  for (const bar of bars) {
    const index = indexOfRun(set, bar.number);
    const state = mask !== null && mask[index] !== 1 ? null : bar.state;
    const coords = byState.get(state) ?? [];
    byState.set(state, coords);
    const row = rowOf(bar.lane);
    coords.push(2, bar.start, row, bar.end, row);
    if (bar.wait !== null && bar.wait > 0)
      waits.push(2, Math.max(0, bar.start - bar.wait), row - 0.38, bar.start, row - 0.38);
  }
  const known = bars
    .map((bar) => bar.wait)
    .filter((wait) => wait !== null)
    .sort((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)] ?? null;
  const longest = known.at(-1) ?? null;
  const scope = `${bars.length < timeline.total ? `the last ${formatCount(bars.length)} of ${formatCount(timeline.total)} attempts` : `all ${formatCounted(bars.length, "attempt")}`} on ${formatCounted(lanes, "slot")}; waited ${formatDuration(median)} in the middle, ${formatDuration(longest)} at most`;
  return {
    x: timeAxis(last),
    y: {
      title: "",
      min: -0.7,
      max: lanes - 0.3,
      ticks: timeline.lanes.map(({ worker, slot }, lane) => ({
        at: rowOf(lane),
        label: `${shorten(worker)} · ${slot}`,
      })),
      place: (value) => value,
    },
    groups: [null, ...RunState.options].flatMap((state) => {
      const coords = byState.get(state);
      return coords === undefined ? [] : [{ state, coords: Float64Array.from(coords) }];
    }),
    waits: Float64Array.from(waits),
    bars,
    lanes,
    scope,
    summary: `When each slot trained which run, ${scope}.`,
    table: {
      name: "attempts on slots",
      columns: [
        "run",
        "state",
        "worker",
        "slot",
        "device",
        "began after, s",
        "ended after, s",
        "waited, s",
      ],
      rows: bars.map((bar) => {
        const lane = timeline.lanes[bar.lane];
        return [
          bar.number,
          bar.state,
          lane?.worker ?? "",
          lane?.slot ?? null,
          lane?.device ?? "",
          bar.start / 1000,
          bar.isOpen ? null : bar.end / 1000,
          bar.wait === null ? null : bar.wait / 1000,
        ];
      }),
    },
  };
}

const shorten = (worker: string) => (worker.length > 14 ? `${worker.slice(0, 13)}…` : worker);

const STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400,
];

/** Time since the start with ticks that a person counts in. */
function timeAxis(last: number): Axis {
  const seconds = last / 1000;
  const step =
    STEPS_S.find((each) => seconds / each <= 9) ?? Math.ceil(seconds / 9 / 86_400) * 86_400;
  const ticks: { at: number; label: string }[] = [];
  for (let at = 0; at <= seconds; at += step)
    ticks.push({ at: at * 1000, label: at === 0 ? "0" : formatDuration(at * 1000) });
  return { title: "since the sweep began", min: 0, max: last, ticks, place: (value) => value };
}

/** The attempt under a point, if its lane and time hold one. */
export function barAt(timeline: Timeline, x: number, y: number): TimelineBar | null {
  const lane = timeline.lanes - 1 - Math.round(y);
  return timeline.bars.find((bar) => bar.lane === lane && x >= bar.start && x <= bar.end) ?? null;
}
