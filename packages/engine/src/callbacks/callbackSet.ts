import type { Callback } from "@sweepyard/contract";
import type { CallbackRule, EndedEpoch } from "./callback.js";
import { earlyStopping } from "./earlyStopping.js";
import { modelCheckpoint } from "./modelCheckpoint.js";
import { reduceLrOnPlateau } from "./reduceLrOnPlateau.js";
import { targetReached } from "./targetReached.js";
import { timeLimit } from "./timeLimit.js";

/** Where all callbacks of a run stand after an epoch: plain JSON, part of the checkpoint. */
export interface CallbackState {
  /** Of each callback, in the order of the plan. */
  readonly each: readonly unknown[];
  /** What plateaus have left of a constant learning rate; null where a schedule sets it. */
  readonly learningRate: number | null;
  /** Epoch whose weights the trained model is to have; null: the last one's. */
  readonly bestEpoch: number | null;
  /** Why training ended, in words; null while it goes on. */
  readonly stopped: string | null;
}

/** All callbacks of a plan as one state machine. */
export class CallbackSet {
  readonly #rules: readonly CallbackRule<unknown>[];
  readonly initial: CallbackState;

  /** @param learningRate at the start; null where a schedule sets it. */
  constructor(callbacks: readonly Callback[], learningRate: number | null) {
    this.#rules = callbacks.map(ruleOf);
    this.initial = {
      each: this.#rules.map((rule) => rule.initial),
      learningRate,
      bestEpoch: null,
      stopped: null,
    };
  }

  /** In the order of the plan. The first that wants to stop says why; all see the epoch. */
  after(state: CallbackState, ended: Omit<EndedEpoch, "learningRate">): CallbackState {
    let { learningRate, bestEpoch, stopped } = state;
    const each = this.#rules.map((rule, index) => {
      const answer = rule.after(state.each[index], { ...ended, learningRate });
      learningRate = answer.learningRate ?? learningRate;
      if (answer.keepWeights === true) bestEpoch = ended.epoch;
      stopped ??= answer.stop ?? null;
      return answer.state;
    });
    return { each, learningRate, bestEpoch, stopped };
  }
}

function ruleOf(callback: Callback): CallbackRule<unknown> {
  switch (callback.class_name) {
    case "EarlyStopping":
      return opaque(earlyStopping(callback));
    case "ReduceLROnPlateau":
      return opaque(reduceLrOnPlateau(callback));
    case "ModelCheckpoint":
      return opaque(modelCheckpoint(callback));
    case "TimeLimit":
      return opaque(timeLimit(callback));
    case "TargetReached":
      return opaque(targetReached(callback));
    case "TerminateOnNaN":
      return opaque({ initial: null, after: (state) => ({ state }) }); // every run does so
  }
}

/** A rule only ever meets states that it made: of this run, or of its checkpoint, which the plan's fingerprint guards. */
const opaque = <State>(rule: CallbackRule<State>): CallbackRule<unknown> => ({
  initial: rule.initial,
  after: (state, ended) => rule.after(state as State, ended),
});
