import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { AppError, type Id } from "@sweepyard/contract";
import type { ImportanceSweep } from "@sweepyard/search";
import type {
  AnalystAnswers,
  AnalystQuestion,
  AnalystResult,
  AnalystTask,
} from "./importanceThread.js";

/** Built both as src/… and as dist/…; a thread runs the latter. */
const ENTRY = new URL("../../dist/importance/importanceThread.js", import.meta.url);

/** Answers kept: some kilobytes each, a surrogate's about 100. */
const ANSWERS_MAX = 200;

interface Waiting {
  resolve(answer: AnalystAnswers[keyof AnalystAnswers]): void;
  reject(error: unknown): void;
}

/** What is asked, of which sweep, and what tells that its runs are still the same. */
export interface AnalystCase<Kind extends AnalystQuestion["kind"]> {
  readonly sweepId: Id;
  readonly state: string;
  readonly question: Extract<AnalystQuestion, { kind: Kind }>;
  /** Reads the sweep; called only if the answer is not known. */
  load(): Promise<ImportanceSweep>;
}

/**
 * Works out importance in a thread of its own, as a forest takes seconds of a long sweep, and keeps
 * the answers until the sweep's runs change. The same question is worked on once, however many ask.
 */
export class ImportanceAnalyst {
  readonly #answers = new Map<string, Promise<AnalystAnswers[keyof AnalystAnswers]>>();
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #next = 0;
  #isClosed = false;

  /** @throws {AppError} `unavailable` if the server stops first. */
  ask<Kind extends AnalystQuestion["kind"]>(
    asked: AnalystCase<Kind>,
  ): Promise<AnalystAnswers[Kind]> {
    const key = JSON.stringify([asked.sweepId, asked.state, asked.question]);
    const known = this.#answers.get(key);
    if (known !== undefined) this.#answers.delete(key); // to be put last: the first is dropped
    const answer = known ?? asked.load().then((sweep) => this.#work(sweep, asked.question));
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key));
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= ANSWERS_MAX) break;
      this.#answers.delete(oldest);
    }
    return answer as Promise<AnalystAnswers[Kind]>; // the question's kind is part of the key
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.terminate();
    this.#fail(new AppError("unavailable", "the server is stopping"));
  }

  #work(
    sweep: ImportanceSweep,
    question: AnalystQuestion,
  ): Promise<AnalystAnswers[keyof AnalystAnswers]> {
    if (this.#isClosed)
      return Promise.reject(new AppError("unavailable", "the server is stopping"));
    this.#thread ??= this.#start();
    const task: AnalystTask = { id: this.#next++, sweep, question };
    const thread = this.#thread;
    return new Promise((resolve, reject) => {
      this.#waiting.set(task.id, { resolve, reject });
      thread.postMessage(task);
    });
  }

  #start(): Worker {
    const thread = new Worker(fileURLToPath(ENTRY), { execArgv: [], env: {} });
    thread.unref(); // it keeps no server alive
    thread.on("message", (result: AnalystResult) => {
      const waiting = this.#waiting.get(result.id);
      this.#waiting.delete(result.id);
      if ("answer" in result) waiting?.resolve(result.answer);
      else waiting?.reject(new Error(`importance was not worked out: ${result.error}`));
    });
    const end = (error: Error) => {
      if (this.#thread === thread) this.#thread = undefined; // the next question starts another
      this.#fail(error);
    };
    thread.on("error", end);
    thread.on("exit", (code) => end(new Error(`the importance thread ended with ${code}`)));
    return thread;
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
