import { z } from "zod";
import { haltonUnit } from "../../haltonSequence.js";
import { RecordedDistribution, toDimension } from "../../recordedSpace.js";
import { sobolUnit } from "../../sobolSequence.js";
import { fromUnit } from "../../unit.js";
import { vectorCheck } from "../vectorCheck.js";

const Points = z.object({ dims: z.int(), points: z.array(z.array(z.number())) });

type Coordinate = (index: number, dimension: number) => number;

const pointsFrom = (skip: number, { dims, points }: z.infer<typeof Points>, unit: Coordinate) =>
  points.map((expected, row) => ({
    of: `point ${skip + row} in ${dims} dimensions`,
    actual: expected.map((_, dimension) => unit(skip + row, dimension)),
    expected,
  }));

const sobol: Coordinate = (index, dimension) => sobolUnit(index, dimension, null);

const halton: Coordinate = (index, dimension) => haltonUnit(index, dimension, null);

export const sequenceVectors = [
  vectorCheck("sobol", z.array(Points), (recorded) =>
    recorded.flatMap((each) => pointsFrom(0, each, sobol)),
  ),
  vectorCheck("halton", z.array(Points), (recorded) =>
    recorded.flatMap((each) => pointsFrom(0, each, halton)),
  ),
  vectorCheck("sobol_skip", Points.extend({ skip: z.int() }), (recorded) =>
    pointsFrom(recorded.skip, recorded, sobol),
  ),
  vectorCheck(
    "from_unit",
    z.array(
      z.object({
        distribution: RecordedDistribution,
        u: z.array(z.number()),
        value: z.array(z.number()),
      }),
    ),
    (recorded) =>
      recorded.map(({ distribution, u, value }) => {
        const dimension = toDimension(distribution);
        return {
          of: JSON.stringify(distribution),
          actual: u.map((each) => fromUnit(dimension, each)),
          expected: value,
        };
      }),
  ),
];
