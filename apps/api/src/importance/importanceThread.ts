import { parentPort } from "node:worker_threads";
import type { ImportanceView, PartialDependenceView } from "@sweepyard/contract";
import {
  type DependenceQuestion,
  dependenceAnswer,
  type ImportanceQuestion,
  type ImportanceSweep,
  importanceAnswer,
  type SurrogateAnswer,
  type SurrogateQuestion,
  surrogateAnswer,
} from "@sweepyard/search";

/** What is asked of a sweep; each kind has its own answer. */
export type AnalystQuestion =
  | ({ readonly kind: "importance" } & ImportanceQuestion)
  | ({ readonly kind: "dependence" } & DependenceQuestion)
  | ({ readonly kind: "surrogate" } & SurrogateQuestion);

export interface AnalystAnswers {
  readonly importance: ImportanceView;
  readonly dependence: PartialDependenceView;
  readonly surrogate: SurrogateAnswer;
}

export interface AnalystTask {
  readonly id: number;
  readonly sweep: ImportanceSweep;
  readonly question: AnalystQuestion;
}

export type AnalystResult =
  | { readonly id: number; readonly answer: AnalystAnswers[keyof AnalystAnswers] }
  | { readonly id: number; readonly error: string };

/** The thread of `ImportanceAnalyst`: answers what it is asked, in order, until it is ended. */
parentPort?.on("message", ({ id, sweep, question }: AnalystTask) => {
  try {
    tell({ id, answer: answerOf(sweep, question) });
  } catch (error) {
    tell({ id, error: error instanceof Error ? String(error.stack) : String(error) });
  }
});

const tell = (result: AnalystResult) => parentPort?.postMessage(result);

function answerOf(sweep: ImportanceSweep, question: AnalystQuestion) {
  switch (question.kind) {
    case "importance":
      return importanceAnswer(sweep, question);
    case "dependence":
      return dependenceAnswer(sweep, question);
    case "surrogate":
      return surrogateAnswer(sweep, question);
  }
}
