import { expect, test } from "vitest";
import { linearAxis } from "./axis.js";
import { distanceToLine, MARGIN, nearest, project } from "./projection.js";

const axis = linearAxis("x", 0, 10);
const projection = project(
  axis,
  axis,
  100 + MARGIN.left + MARGIN.right,
  100 + MARGIN.top + MARGIN.bottom,
);

test("pixels and axis coordinates agree", () => {
  expect(projection.toPixel([0, 0])).toEqual([MARGIN.left, MARGIN.top + 100]);
  expect(projection.toPixel([10, 10])).toEqual([MARGIN.left + 100, MARGIN.top]);
  expect(projection.xAt(MARGIN.left + 50)).toBeCloseTo(5);
});

test("distance to a line is straight up within it, and to its end beyond it", () => {
  const line = [
    [2, 2],
    [4, 4],
    [6, 4],
  ] as const;
  const at = (x: number, y: number) => projection.toPixel([x, y]);
  expect(distanceToLine(line, projection, at(3, 5))).toBeCloseTo(20);
  expect(distanceToLine(line, projection, at(5, 4))).toBeCloseTo(0);
  expect(distanceToLine(line, projection, at(9, 8))).toBeCloseTo(50);
  expect(distanceToLine(line, projection, at(2, 3))).toBeCloseTo(10);
  expect(distanceToLine([[5, 5]], projection, at(5, 6))).toBeCloseTo(10);
});

test("of equally near items the one on top is meant, and far ones are not", () => {
  expect(nearest(["a", "b"], () => 3, 10)).toBe("b");
  expect(nearest(["a"], () => 30, 10)).toBeNull();
});
