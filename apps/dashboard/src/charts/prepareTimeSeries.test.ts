import { describe, expect, test } from "vitest";
import { prepareTimeSeries, valueAt } from "./prepareTimeSeries.js";
import { clockAxis, elapsedAxis } from "./timeAxis.js";

const options = {
  name: "runs over time",
  x: elapsedAxis("", 60_000),
  title: "runs",
  formatAt: (ms: number) => `${ms / 1000} s`,
  formatValue: String,
};

describe("prepareTimeSeries", () => {
  test("a gap is a gap, and the axis begins at zero", () => {
    const chart = prepareTimeSeries(
      [{ label: "wait", colour: "queued", at: [0, 1000, 2000], values: [4, null, 6] }],
      options,
    );
    expect(chart?.lines[0]?.segments).toEqual([[[0, 4]], [[2000, 6]]]);
    expect(chart?.y.min).toBe(0);
    expect(chart?.summary).toBe("runs over time: wait 6 at the end, 6 at most.");
  });

  test("what holds until the next value is drawn in steps, and to the end", () => {
    const chart = prepareTimeSeries(
      [{ label: "queued", colour: "queued", at: [0, 1000], values: [2, 5], holdsUntil: 3000 }],
      options,
    );
    expect(chart?.lines[0]?.segments).toEqual([
      [
        [0, 2],
        [1000, 2],
        [1000, 5],
        [3000, 5],
      ],
    ]);
  });

  test("a table has a row for each moment of any line", () => {
    const chart = prepareTimeSeries(
      [
        { label: "a", colour: "queued", at: [0, 2000], values: [1, 2] },
        { label: "b", colour: "running", at: [1000], values: [3] },
      ],
      options,
    );
    expect(chart?.table.rows).toEqual([
      ["0 s", 1, null],
      ["1 s", null, 3],
      ["2 s", 2, null],
    ]);
  });

  test("nothing but gaps is no chart", () => {
    expect(prepareTimeSeries([], options)).toBeNull();
    const empty = { label: "wait", colour: "queued", at: [0], values: [null] } as const;
    expect(prepareTimeSeries([empty], options)).toBeNull();
  });

  test("a moment reads the last value until then, not one that is long gone", () => {
    const chart = prepareTimeSeries(
      [{ label: "a", colour: "queued", at: [0, 10_000], values: [1, 2] }],
      options,
    );
    const [line] = chart?.lines ?? [];
    if (line === undefined) throw new Error("no line");
    expect([-1, 4000, 10_000].map((at) => valueAt(line, at, 5000))).toEqual([null, 1, 2]);
    expect(valueAt(line, 9000, 5000)).toBeNull();
  });
});

test.each([
  [1_000, ["0", "1 s"]],
  [120_000, ["0", "30 s", "1 min", "1:30", "2 min"]],
  [3 * 3_600_000, ["0", "30 min", "1 h", "1 h 30", "2 h", "2 h 30", "3 h"]],
])("%s ms since a beginning are told by %s", (span, labels) => {
  expect(elapsedAxis("", span).ticks.map(({ label }) => label)).toEqual(
    expect.arrayContaining(labels),
  );
});

test("times of the day are round in the local zone, and few", () => {
  const origin = new Date(2026, 10, 25, 13, 7, 20).getTime();
  const { ticks } = clockAxis(origin, 3_600_000);
  expect(ticks.length).toBeLessThanOrEqual(8);
  for (const { at, label } of ticks) {
    const moment = new Date(origin + at);
    expect([moment.getSeconds(), moment.getMinutes() % 10]).toEqual([0, 0]);
    expect(label).toContain(String(moment.getMinutes()).padStart(2, "0"));
  }
});
