import type { Optimizer } from "@sweepyard/contract";
import type { Tensor, Variable } from "@tensorflow/tfjs";
import type { TensorFlow } from "./tensorFlow.js";

/** One weight at one step. */
export interface WeightUpdate {
  readonly weight: Variable;
  readonly gradient: Tensor;
  readonly rate: number;
  /** Of this update, from 1. */
  readonly step: number;
  slot(name: string): Variable;
}

/** An optimizer's step, with Keras' slot names and places of epsilon. */
export interface OptimizerRule {
  readonly slots: readonly string[];
  /** What slots hold at the start. */
  readonly initial: number;
  /** Called inside a tidy. */
  update(update: WeightUpdate): void;
}

/** @see https://keras.io/api/optimizers/ for the formulas' papers; they are named in contract's optimizers.ts. */
export function optimizerRule(tf: TensorFlow, optimizer: Optimizer): OptimizerRule {
  switch (optimizer.class_name) {
    case "SGD":
      return sgd(tf, optimizer);
    case "Adam":
    case "AdamW":
      return adam(tf, optimizer);
    case "Adamax":
      return adamax(tf, optimizer);
    case "Nadam":
      return nadam(tf, optimizer);
    case "RMSprop":
      return rmsprop(tf, optimizer);
    case "Adagrad":
      return adagrad(tf, optimizer);
    case "Adadelta":
      return adadelta(tf, optimizer);
    case "Lion":
      return lion(tf, optimizer);
  }
}

type Settings<Name extends Optimizer["class_name"]> = Extract<Optimizer, { class_name: Name }>;

/** slot ← slot + share · (value - slot) */
function moveTowards(tf: TensorFlow, slot: Variable, value: Tensor, share: number): Variable {
  slot.assign(tf.add(slot, tf.mul(tf.sub(value, slot), share)));
  return slot;
}

const subtract = (tf: TensorFlow, weight: Variable, change: Tensor): void =>
  weight.assign(tf.sub(weight, change));

function sgd(tf: TensorFlow, { momentum, nesterov }: Settings<"SGD">): OptimizerRule {
  return {
    slots: momentum === 0 ? [] : ["momentum"],
    initial: 0,
    update({ weight, gradient, rate, slot }) {
      const step = tf.mul(gradient, rate);
      if (momentum === 0) return subtract(tf, weight, step);
      const m = slot("momentum");
      m.assign(tf.sub(tf.mul(m, momentum), step));
      weight.assign(tf.add(weight, nesterov ? tf.sub(tf.mul(m, momentum), step) : m));
    },
  };
}

function adam(tf: TensorFlow, settings: Settings<"Adam"> | Settings<"AdamW">): OptimizerRule {
  const { beta_1, beta_2, epsilon, amsgrad } = settings;
  return {
    slots: amsgrad ? ["momentum", "velocity", "velocity_hat"] : ["momentum", "velocity"],
    initial: 0,
    update({ weight, gradient, rate, step, slot }) {
      const m = moveTowards(tf, slot("momentum"), gradient, 1 - beta_1);
      let v: Variable = moveTowards(tf, slot("velocity"), tf.square(gradient), 1 - beta_2);
      if (amsgrad) {
        const highest = slot("velocity_hat");
        highest.assign(tf.maximum(highest, v));
        v = highest;
      }
      const alpha = (rate * Math.sqrt(1 - beta_2 ** step)) / (1 - beta_1 ** step);
      subtract(tf, weight, tf.div(tf.mul(m, alpha), tf.add(tf.sqrt(v), epsilon)));
    },
  };
}

function adamax(tf: TensorFlow, { beta_1, beta_2, epsilon }: Settings<"Adamax">): OptimizerRule {
  return {
    slots: ["momentum", "norm"],
    initial: 0,
    update({ weight, gradient, rate, step, slot }) {
      const m = moveTowards(tf, slot("momentum"), gradient, 1 - beta_1);
      const u = slot("norm");
      u.assign(tf.maximum(tf.mul(u, beta_2), tf.abs(gradient)));
      const alpha = rate / (1 - beta_1 ** step);
      subtract(tf, weight, tf.div(tf.mul(m, alpha), tf.add(u, epsilon)));
    },
  };
}

function nadam(tf: TensorFlow, { beta_1, beta_2, epsilon }: Settings<"Nadam">): OptimizerRule {
  return {
    slots: ["momentum", "velocity"],
    initial: 0,
    update({ weight, gradient, rate, step, slot }) {
      const m = moveTowards(tf, slot("momentum"), gradient, 1 - beta_1);
      const v = moveTowards(tf, slot("velocity"), tf.square(gradient), 1 - beta_2);
      const product = nadamProduct(beta_1, step);
      const next = nadamMomentum(beta_1, step + 1);
      const ahead = tf.add(
        tf.mul(m, next / (1 - product * next)),
        tf.mul(gradient, (1 - nadamMomentum(beta_1, step)) / (1 - product)),
      );
      const corrected = tf.div(v, 1 - beta_2 ** step);
      subtract(tf, weight, tf.div(tf.mul(ahead, rate), tf.add(tf.sqrt(corrected), epsilon)));
    },
  };
}

const nadamMomentum = (beta: number, step: number): number => beta * (1 - 0.5 * 0.96 ** step);

/** Of the momenta of steps 1 to `step`; 0 in double precision after some thousand of them. */
function nadamProduct(beta: number, step: number): number {
  let product = 1;
  for (let t = 1; t <= step && product > 0; t++) product *= nadamMomentum(beta, t);
  return product;
}

function rmsprop(tf: TensorFlow, settings: Settings<"RMSprop">): OptimizerRule {
  const { rho, momentum, epsilon, centered } = settings;
  return {
    slots: [
      "velocity",
      ...(momentum > 0 ? ["momentum"] : []),
      ...(centered ? ["average_gradient"] : []),
    ],
    initial: 0,
    update({ weight, gradient, rate, slot }) {
      const v = moveTowards(tf, slot("velocity"), tf.square(gradient), 1 - rho);
      const variance = centered
        ? tf.sub(v, tf.square(moveTowards(tf, slot("average_gradient"), gradient, 1 - rho)))
        : v;
      const step = tf.div(tf.mul(gradient, rate), tf.sqrt(tf.add(variance, epsilon)));
      if (momentum === 0) return subtract(tf, weight, step);
      const m = slot("momentum");
      m.assign(tf.add(tf.mul(m, momentum), step));
      subtract(tf, weight, m);
    },
  };
}

function adagrad(tf: TensorFlow, settings: Settings<"Adagrad">): OptimizerRule {
  return {
    slots: ["accumulator"],
    initial: settings.initial_accumulator_value,
    update({ weight, gradient, rate, slot }) {
      const sum = slot("accumulator");
      sum.assign(tf.add(sum, tf.square(gradient)));
      const root = tf.sqrt(tf.add(sum, settings.epsilon));
      subtract(tf, weight, tf.div(tf.mul(gradient, rate), root));
    },
  };
}

function adadelta(tf: TensorFlow, { rho, epsilon }: Settings<"Adadelta">): OptimizerRule {
  const root = (x: Tensor) => tf.sqrt(tf.add(x, epsilon));
  return {
    slots: ["accumulated_grad", "accumulated_delta_var"],
    initial: 0,
    update({ weight, gradient, rate, slot }) {
      const g = moveTowards(tf, slot("accumulated_grad"), tf.square(gradient), 1 - rho);
      const d = slot("accumulated_delta_var");
      const change = tf.div(tf.mul(root(d), gradient), root(g));
      moveTowards(tf, d, tf.square(change), 1 - rho);
      subtract(tf, weight, tf.mul(change, rate));
    },
  };
}

function lion(tf: TensorFlow, { beta_1, beta_2 }: Settings<"Lion">): OptimizerRule {
  return {
    slots: ["momentum"],
    initial: 0,
    update({ weight, gradient, rate, slot }) {
      const m = slot("momentum");
      const direction = tf.sign(tf.add(tf.mul(m, beta_1), tf.mul(gradient, 1 - beta_1)));
      subtract(tf, weight, tf.mul(direction, rate));
      moveTowards(tf, m, gradient, 1 - beta_2);
    },
  };
}
