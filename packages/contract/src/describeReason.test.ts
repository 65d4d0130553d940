import { expect, test } from "vitest";
import { describeReason } from "./describeReason.js";

test.each([
  [{ of: 9, cell: 1, sampler: "grid" }, "grid sampler: cell 2 of 9"],
  [{ sampler: "random", draw: 3 }, "random sampler: draw 3"],
  [{ sampler: "latin_hypercube", point: 2, of: 20 }, "latin hypercube sampler: of 20, point 2"],
  [{ ranked: 3, sampler: "tpe", startup: true }, "tpe sampler: ranked 3, startup"],
  [{ sampler: "gp", startup: false }, "gp sampler"],
  [{ sampler: "random" }, "random sampler"],
  [{ expected_gain: 0.0012 }, "the sampler: expected gain 0.0012"],
])("%j", (reason, text) => expect(describeReason(reason, String)).toBe(text));
