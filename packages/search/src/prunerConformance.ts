import { RunState } from "@sweepyard/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideAlone } from "./decideAlone.js";
import { narrowCurves } from "./narrowCurves.js";
import type { Pruner, PruneSettings, RunCurve } from "./pruner.js";
import { createUniform } from "./uniform.js";

/** The suite that every pruner passes, whatever it makes of the curves. */
export function describePruner(name: string, pruner: Pruner): void {
  const ask = ({ curve, others, settings }: Question) =>
    pruner.shouldPrune(curve, others, settings);

  describe(`${name} pruner`, () => {
    test("gives the same answer to the same arguments, in any order of runs", () => {
      fc.assert(
        fc.property(questions, (question) => {
          const first = ask(question);
          expect(ask(question)).toEqual(first);
          expect(ask({ ...question, others: question.others.toReversed() })).toEqual(first);
        }),
      );
    });

    test("answers in JSON, with a reason in words", () => {
      fc.assert(
        fc.property(questions, (question) => {
          const { reason } = ask(question);
          expect(JSON.parse(JSON.stringify(reason))).toEqual(reason);
          expect(reason.why).not.toMatch(/^$|undefined|null|\[object/);
        }),
      );
    });

    test("leaves its arguments as they are", () => {
      fc.assert(
        fc.property(questions, (question) => {
          const before = structuredClone(question);
          ask(question);
          expect(question).toEqual(before);
        }),
      );
    });

    test("reads no more of the other runs than it says", () => {
      fc.assert(
        fc.property(questions, (question) => {
          const { curve, others, settings } = question;
          const narrow = narrowCurves(pruner.needs, curve, others, settings.direction);
          expect(ask({ ...question, others: narrow })).toEqual(ask(question));
        }),
      );
    });

    test("knows when it needs no other runs", () => {
      fc.assert(
        fc.property(questions, (question) => {
          const alone = decideAlone(pruner, question.curve, question.settings);
          if (alone !== null) expect(alone).toEqual(ask(question));
        }),
      );
    });

    test("learns nothing from excluded runs", () => {
      fc.assert(
        fc.property(questions, (question) => {
          const kept = question.others.filter(({ excluded }) => excluded !== true);
          expect(ask({ ...question, others: kept })).toEqual(ask(question));
        }),
      );
    });

    test("passes over the run itself among the others", () => {
      fc.assert(
        fc.property(questions, (question) => {
          const others = [...question.others, question.curve];
          expect(ask({ ...question, others })).toEqual(ask(question));
        }),
      );
    });

    test("lets a run go on that has reported nothing", () => {
      fc.assert(
        fc.property(questions, (question) => {
          const curve = { ...question.curve, points: [], rungs: [] };
          expect(ask({ ...question, curve }).prune).toBe(false);
        }),
      );
    });

    test("never takes back a rung that a run has passed, across a resumed run's reports", () => {
      fc.assert(
        fc.property(questions, ({ curve, others, settings }) => {
          let rungs: readonly number[] = [];
          curve.points.forEach((_, index) => {
            const points = curve.points.slice(0, index + 1);
            const decision = ask({ curve: { ...curve, points, rungs }, others, settings });
            const next = decision.rungs ?? rungs;
            expect(next.slice(0, rungs.length)).toEqual(rungs);
            expect(next.every((value) => !Number.isNaN(value))).toBe(true);
            rungs = next;
          });
        }),
      );
    });

    test("answers the only run of a sweep, and one beside ten thousand", () => {
      const settings: PruneSettings = { direction: "minimize", sweepName: "conformance" };
      const curve = longCurve(3);
      expect(ask({ curve, others: [], settings }).reason.why).not.toBe("");
      const others = Array.from({ length: 10_000 }, (_, number) => longCurve(number + 10));
      const before = performance.now();
      ask({ curve, others: narrowCurves(pruner.needs, curve, others, "minimize"), settings });
      // Two orders of magnitude above what it takes: a quadratic pruner needs minutes.
      expect(performance.now() - before).toBeLessThan(5_000);
    });
  });
}

interface Question {
  readonly curve: RunCurve;
  readonly others: readonly RunCurve[];
  readonly settings: PruneSettings;
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -2, max: 2, noNaN: true }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 2 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.MAX_VALUE,
    ),
  },
);

/** Mostly rising steps from 0 on; some are missing, some come twice or out of order. */
const points = fc
  .array(fc.record({ skip: fc.constantFrom(0, 0, 0, 0, 1, 3, -1), value }), { maxLength: 20 })
  .map((reports) => {
    let next = 0;
    return reports.map(({ skip, value }) => {
      const step = Math.max(0, next + skip);
      next = step + 1;
      return { step, value };
    });
  });

const curves: fc.Arbitrary<RunCurve> = fc.record({
  number: fc.nat({ max: 200 }),
  state: fc.oneof(fc.constant<RunState>("completed"), fc.constantFrom(...RunState.options)),
  value: fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.constant(null)),
  points,
  rungs: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { maxLength: 3 }),
  excluded: fc.boolean(),
  steps: fc.integer({ min: 1, max: 40 }),
});

const questions: fc.Arbitrary<Question> = fc.record({
  curve: curves.map((curve) => ({ ...curve, state: "running" as const, number: 500 })),
  others: fc.uniqueArray(curves, { selector: ({ number }) => number, maxLength: 25 }),
  settings: fc.record({
    direction: fc.constantFrom("minimize" as const, "maximize" as const),
    sweepName: fc.constantFrom("", "a sweep"),
  }),
});

/** A falling curve of 27 reports, completed, with the rungs of halving by three. */
function longCurve(number: number): RunCurve {
  const nextUnit = createUniform(number, 9);
  const [end, half] = [nextUnit(), 1 + 9 * nextUnit()];
  const at = (step: number) => end + ((1 - end) * half) / (half + step + 1);
  return {
    number,
    state: "completed",
    value: at(26),
    points: Array.from({ length: 27 }, (_, step) => ({ step, value: at(step) })),
    rungs: [at(1), at(3), at(9)],
    steps: 27,
  };
}
