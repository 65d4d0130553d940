import { curvesSection } from "./curves.js";
import { importanceSection } from "./importance.js";
import { multiSection } from "./multi.js";
import { prunersSection } from "./pruners.js";
import type { Section } from "./section.js";
import { singleSection } from "./single.js";
import { tracesSection } from "./traces.js";
import { vectorsSection } from "./vectors.js";

/** In the order of running: what is exact and quick first. */
export const SECTIONS: readonly Section[] = [
  vectorsSection,
  tracesSection,
  importanceSection,
  prunersSection,
  singleSection,
  multiSection,
  curvesSection,
];
