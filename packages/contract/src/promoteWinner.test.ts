import { expect, test } from "vitest";
import { PromoteWinner, type WinnerPromotion } from "./promoteWinner.js";
import { winnerPromotionText } from "./winnerPromotionText.js";

const promote = PromoteWinner.parse({ model: "shirts" });
const came = (changes: Partial<WinnerPromotion>): WinnerPromotion => ({
  state: "promoted",
  runId: null,
  version: 3,
  gates: [],
  detail: "",
  judgedAt: "2026-01-01T00:00:00.000Z",
  ...changes,
});
const told = (changes: Partial<WinnerPromotion>) =>
  winnerPromotionText({ state: "completed", promote, promotion: came(changes) });

test("a winner becomes champion unless another alias is named", () => {
  expect(promote).toEqual({
    model: "shirts",
    alias: "champion",
    reason: "",
    licence: "",
    tags: [],
  });
  expect(PromoteWinner.safeParse({ model: "Not a name" }).success).toBe(false);
  expect(PromoteWinner.safeParse({ model: "shirts", force: {} }).success).toBe(false);
});

test("what came of it is told in a sentence", () => {
  const nothing = { promote, promotion: null };
  expect(winnerPromotionText({ state: "running", promote: null, promotion: null })).toBeNull();
  expect(winnerPromotionText({ state: "running", ...nothing })).toContain("once the sweep has");
  expect(winnerPromotionText({ state: "cancelled", ...nothing })).toContain("was cancelled");
  expect(told({})).toBe('version 3 of "shirts" became champion');
  expect(told({ state: "waiting" })).toContain("waits for approval to become champion");
  expect(told({ state: "rejected" })).toContain("was not approved to become champion");
  expect(told({ state: "refused", detail: "it is too large" })).toBe(
    'version 3 of "shirts" did not become champion: it is too large',
  );
  expect(told({ state: "no_winner", version: null, detail: "no run" })).toBe(
    'nothing became champion of "shirts": no run',
  );
  expect(told({ state: "failed", detail: "its file is gone" })).toContain("its file is gone");
});
