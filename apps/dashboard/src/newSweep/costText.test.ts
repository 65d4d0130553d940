import { expect, test } from "vitest";
import { costText } from "./costText.js";

const cost = {
  epochs: 100,
  epochSeconds: 2,
  slotSeconds: 200,
  seconds: 100,
  slots: 2,
  measuredRuns: 9,
};

test("the time on the slots there are, and what it is known from", () => {
  expect(costText(cost)).toEqual({
    time: "1 min 40 s",
    ground: "on 2 slots, by 9 runs of similar cost, none ended early",
  });
});

test("nothing is made up where nothing was measured or nobody is there to train", () => {
  const unmeasured = {
    ...cost,
    epochSeconds: null,
    slotSeconds: null,
    seconds: null,
    measuredRuns: 0,
  };
  expect(costText(unmeasured).time).toBe("not known yet");
  expect(costText({ ...cost, seconds: null, slots: 0 })).toEqual({
    time: "3 min 20 s on one slot",
    ground: "by 9 runs of similar cost, none ended early; no slot is there now",
  });
  expect(costText({ ...cost, epochs: null, slotSeconds: null, seconds: null }).time).toBe(
    "not known",
  );
});
