import { z } from "zod";
import type { Comparison, Section } from "./section.js";
import { differenceOf, type VectorCheck } from "./vectorCheck.js";
import { cmaesVectors } from "./vectors/cmaes.js";
import { gaussianProcessVectors } from "./vectors/gaussianProcess.js";
import { multiObjectiveVectors } from "./vectors/multiObjective.js";
import { normalVectors } from "./vectors/normal.js";
import { pruningVectors } from "./vectors/pruning.js";
import { sequenceVectors } from "./vectors/sequences.js";
import { tpeVectors } from "./vectors/tpe.js";

const CHECKS: readonly VectorCheck[] = [
  ...cmaesVectors,
  ...gaussianProcessVectors,
  ...multiObjectiveVectors,
  ...normalVectors,
  ...pruningVectors,
  ...sequenceVectors,
  ...tpeVectors,
];

/** Exact vectors for the parts of samplers, pruners and evaluators. */
export const vectorsSection: Section = {
  name: "vectors",
  searches: false,
  *compare(folder) {
    const recorded = folder.read("vectors.json", z.record(z.string(), z.unknown())) ?? {};
    for (const [name, value] of Object.entries(recorded)) {
      if (name === "meta") continue;
      const check = CHECKS.find(({ key }) => key === name);
      if (check === undefined) yield { name, outcome: "skipped", detail: "is not known here" };
      else yield { name, ...compareVector(check, value) };
    }
  },
};

function compareVector(check: VectorCheck, recorded: unknown): Omit<Comparison, "name"> {
  let compared = 0;
  const differences: string[] = [];
  for (const pair of check.pairs(recorded)) {
    compared++;
    const difference = differenceOf(pair);
    if (difference !== null) differences.push(difference);
  }
  const [first] = differences;
  if (first === undefined) return { outcome: "passed", detail: `${compared} equal` };
  return { outcome: "failed", detail: `${differences.length} of ${compared} differ: ${first}` };
}
