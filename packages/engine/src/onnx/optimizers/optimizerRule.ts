import type { Optimizer } from "@sweepyard/contract";
import type { OpGraph, Value } from "../opGraph.js";

/** How an optimizer is written into the graph. Runs that differ in its numbers share a graph. */
export interface OptimizerRule {
  /** Tells apart graphs of other operations. */
  readonly id: string;
  /** What it keeps for each weight. */
  readonly slots: readonly Slot[];
  /** Scalars of the whole run, inputs of the graph under these names. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Scalars of the update number `iteration`, from 1. */
  stepScalars(learningRate: number, iteration: number): StepScalars;
  /** Adds what happens to all gradients before the updates, in the order of the weights. */
  prepare?(graph: OpGraph, gradients: readonly Value[]): readonly Value[];
  /** Adds the update of a weight, by elementwise operations; scalars are values of their names. */
  update(graph: OpGraph, inputs: UpdateInputs): { weight: Value; slots: readonly Value[] };
}

export interface Slot {
  /** As Keras calls it. */
  readonly name: string;
  /** At the start of training, in the graph's own scale. */
  readonly initial: number;
  /** What the graph's numbers are to be multiplied by to be Keras'. */
  readonly kerasScale: number;
}

/** `gradient` is what the loss's gradient comes multiplied by. */
export type StepScalars = { gradient: number } & Record<string, number>;

export interface UpdateInputs {
  readonly weight: Value;
  readonly gradient: Value;
  readonly slots: readonly Value[];
}

export type OptimizerConfig<Name extends Optimizer["class_name"]> = Extract<
  Optimizer,
  { class_name: Name }
>;
