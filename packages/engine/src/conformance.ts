import { describeAbort } from "./conformance/abort.js";
import { describeAdam } from "./conformance/adam.js";
import { describeDeterminism } from "./conformance/determinism.js";
import { describeGolden } from "./conformance/golden.js";
import { describeGradients } from "./conformance/gradients.js";
import { describeMemory } from "./conformance/memory.js";
import { describeRandomLayers } from "./conformance/randomLayers.js";
import { describeResume } from "./conformance/resume.js";
import { describeRuns } from "./conformance/runs.js";
import type { Engine } from "./engine.js";

/** Every engine passes this. */
export function describeEngine(engine: Engine): void {
  describeGolden(engine);
  describeGradients(engine);
  describeAdam(engine);
  describeRandomLayers(engine);
  describeDeterminism(engine);
  describeResume(engine);
  describeRuns(engine);
  describeAbort(engine);
  describeMemory(engine);
}
