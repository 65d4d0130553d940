import type { Section } from "./section.js";
import { singleSection } from "./single.js";
import { vectorsSection } from "./vectors.js";

/** In the order of running: what is exact and quick first. */
export const SECTIONS: readonly Section[] = [vectorsSection, singleSection];
