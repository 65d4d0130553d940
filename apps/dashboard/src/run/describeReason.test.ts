import { expect, test } from "vitest";
import { describeReason } from "./describeReason.js";

test.each([
  [{ of: 9, cell: 1, sampler: "grid" }, "grid sampler: cell 2 of 9"],
  [{ sampler: "random", draw: 3 }, "random sampler: draw 3"],
  [{ sampler: "latin_hypercube", point: 2, of: 20 }, "latin hypercube sampler: of 20, point 2"],
  [{ sampler: "random" }, "random sampler"],
  [{ expected_gain: 0.0012 }, "the sampler: expected gain 1.2e-3"],
])("%j", (reason, text) => expect(describeReason(reason)).toBe(text));
