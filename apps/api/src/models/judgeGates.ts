import type { ClassReport, GateResult } from "@sweepyard/contract";
import type { PromotionCase } from "@sweepyard/db";
import type { CompareResult } from "./modelJob.js";

export type GateFacts = Pick<
  PromotionCase,
  "policy" | "metrics" | "report" | "modelBytes" | "seedFigures" | "championModel"
> & {
  /** Null where no gate needs it. */
  readonly compared: CompareResult | null;
};

/** Whether models have to be run before the gates of this policy can be judged. */
export const needsComparison = ({ not_worse, max_latency_ms }: GateFacts["policy"]): boolean =>
  not_worse !== undefined || max_latency_ms !== undefined;

/** What each gate of the policy finds; approval is a person's and not among them. */
export function judgeGates(facts: GateFacts): GateResult[] {
  return [
    ...judgeMetrics(facts),
    ...judgeClasses(facts),
    ...judgeRivalry(facts),
    ...judgeLatency(facts),
    ...judgeSize(facts),
    ...judgeSeeds(facts),
  ];
}

function judgeMetrics({ policy, metrics }: GateFacts): GateResult[] {
  return Object.entries(policy.metrics ?? {}).flatMap(([name, { min, max }]) => {
    const figure = metrics[name] ?? null;
    const bounds = { gate: "metrics", of: name } as const;
    return [
      ...(min === undefined ? [] : [atLeast({ ...bounds, what: name, figure, limit: min })]),
      ...(max === undefined ? [] : [atMost({ ...bounds, what: name, figure, limit: max })]),
    ];
  });
}

/** The class that is worst in each figure decides. */
function judgeClasses({ policy, report }: GateFacts): GateResult[] {
  const floors = Object.entries(policy.class_floors ?? {}) as [
    "precision" | "recall" | "f1",
    number,
  ][];
  const classes: readonly ClassReport[] =
    report !== null && "perClass" in report ? report.perClass : [];
  return floors.map(([name, limit]) => {
    const [worst] = classes.toSorted((a, b) => a[name] - b[name]);
    return atLeast({
      gate: "class_floors",
      of: name,
      what: worst === undefined ? `the least ${name} of a class` : `${name} of ${worst.name}`,
      figure: worst?.[name] ?? null,
      limit,
    });
  });
}

function judgeRivalry({ policy, compared, championModel }: GateFacts): GateResult[] {
  if (policy.not_worse === undefined) return [];
  const { alpha } = policy.not_worse;
  const gate = { gate: "not_worse", of: "", limit: alpha } as const;
  if (championModel === null)
    return [
      {
        ...gate,
        passed: true,
        figure: null,
        detail: "there is no other champion to be worse than",
      },
    ];
  const test = compared?.rivalry;
  if (test === null || test === undefined || typeof test === "string")
    return [{ ...gate, passed: false, figure: null, detail: test ?? "the champion was not run" }];
  const { won, lost, p } = test;
  const passed = p >= alpha;
  const counts = `of the test rows on which they differ it wins ${won} and loses ${lost} to the champion`;
  return [
    {
      ...gate,
      passed,
      figure: p,
      detail: `${counts}: p = ${short(p)}, ${passed ? "not below" : "below"} ${alpha}`,
    },
  ];
}

function judgeLatency({ policy, compared }: GateFacts): GateResult[] {
  if (policy.max_latency_ms === undefined) return [];
  const figure = compared?.latencyMs ?? null;
  const what = "the median latency of one row in ms";
  return [atMost({ gate: "latency", of: "", what, figure, limit: policy.max_latency_ms })];
}

function judgeSize({ policy, modelBytes }: GateFacts): GateResult[] {
  if (policy.max_bytes === undefined) return [];
  const what = "the size of the .onnx file in bytes";
  return [atMost({ gate: "size", of: "", what, figure: modelBytes, limit: policy.max_bytes })];
}

function judgeSeeds({ policy: { seeds }, seedFigures }: GateFacts): GateResult[] {
  if (seeds === undefined) return [];
  const count = atLeast({
    gate: "seeds",
    of: "runs",
    what: "the number of completed runs of this plan with seeds of their own",
    figure: seedFigures.length,
    limit: seeds.runs,
  });
  if (seeds.min === undefined) return [count];
  const worst = seedFigures.some((figure) => figure === null)
    ? null
    : Math.min(...(seedFigures as readonly number[]));
  const what = `the worst ${seeds.metric} of ${seedFigures.length} seeds`;
  return [
    count,
    atLeast({ gate: "seeds", of: seeds.metric, what, figure: worst, limit: seeds.min }),
  ];
}

interface Bound extends Pick<GateResult, "gate" | "of" | "figure" | "limit"> {
  readonly what: string;
}

const atLeast = (bound: Bound): GateResult => judge(bound, "least", (a, b) => a >= b);
const atMost = (bound: Bound): GateResult => judge(bound, "most", (a, b) => a <= b);

function judge(
  { what, figure, limit, ...gate }: Bound,
  side: "least" | "most",
  holds: (figure: number, limit: number) => boolean,
): GateResult {
  if (figure === null || !Number.isFinite(figure))
    return { ...gate, figure: null, limit, passed: false, detail: `${what} is not known` };
  const passed = holds(figure, limit);
  const ask = `${passed ? "allowed" : "needed"} is at ${side} ${limit}`;
  return { ...gate, figure, limit, passed, detail: `${what} is ${short(figure)}; ${ask}` };
}

const short = (figure: number): string => String(Number(figure.toPrecision(4)));
