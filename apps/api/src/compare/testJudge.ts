import { AppError, type Id, type McNemarTest, type RunView } from "@sweepyard/contract";
import { type Db, getDatasetFiles, getRun, runArtifacts } from "@sweepyard/db";
import { mcnemarPValue } from "@sweepyard/engine";
import { DatasetRows } from "../datasets/datasetRows.js";
import type { ModelCache } from "../predict/modelCache.js";

interface JudgeDeps {
  readonly db: Db;
  readonly models: ModelCache;
}

/** Rows predicted in one call: bounds memory and how long others wait. */
const BATCH_ROWS = 500;
/** Runs whose answers are kept: one byte a test row. */
const KEPT = 64;

/** Which test rows a run's model gets right, worked out once for each model. */
export class TestJudge {
  readonly #deps: JudgeDeps;
  /** By model and data; the one used longest ago comes first. */
  readonly #kept = new Map<string, Uint8Array>();

  constructor(deps: JudgeDeps) {
    this.#deps = deps;
  }

  /**
   * @throws {AppError} `not_found` if there is no such run, `conflict` if the two can't be
   *   compared: not completed, no classification, or of other data.
   */
  async compare(projectId: Id, a: Id, b: Id, signal: AbortSignal): Promise<McNemarTest> {
    const { db } = this.#deps;
    const runs = [await getRun(db, projectId, a), await getRun(db, projectId, b)] as const;
    const [dataOfA, dataOfB] = runs.map(dataOf);
    if (dataOfA !== dataOfB)
      throw new AppError(
        "conflict",
        `runs of different data can't be tested against each other: ${runs[0].name} is of ${dataOfA}, ${runs[1].name} of ${dataOfB}`,
      );
    const rightA = await this.#rightRows(projectId, runs[0], signal);
    const rightB = await this.#rightRows(projectId, runs[1], signal);
    const counts = { bothRight: 0, onlyA: 0, onlyB: 0, bothWrong: 0 };
    for (const [row, isRight] of rightA.entries())
      if (isRight === 1) counts[rightB[row] === 1 ? "bothRight" : "onlyA"]++;
      else counts[rightB[row] === 1 ? "onlyB" : "bothWrong"]++;
    const pValue = mcnemarPValue(counts.onlyA, counts.onlyB);
    return { a, b, samples: rightA.length, ...counts, pValue };
  }

  /** 1 for each test row that the model gets right, else 0. */
  async #rightRows(projectId: Id, run: RunView, signal: AbortSignal): Promise<Uint8Array> {
    const { db } = this.#deps;
    const artifacts = await runArtifacts(db, projectId, run.id);
    const model = artifacts.findLast(({ kind }) => kind === "model");
    if (model === undefined || run.plan === null)
      throw new AppError("conflict", `${run.name} has no model: it is ${run.state}`);
    const { dataset, version } = run.plan.data;
    const { view, files } = await getDatasetFiles(db, projectId, dataset, version);
    if (view.task !== "classification")
      throw new AppError("conflict", `McNemar's test is of classifications; ${run.name} is none`);
    const key = `${model.sha256} ${view.id}`;
    const known = this.#kept.get(key);
    const right =
      known ??
      (await this.#judge(model.sha256, new DatasetRows(view, files, db.artifacts), signal));
    this.#kept.delete(key);
    this.#kept.set(key, right);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return right;
  }

  #judge(sha256: string, rows: DatasetRows, signal: AbortSignal): Promise<Uint8Array> {
    const { db, models } = this.#deps;
    return models.use(sha256, db.artifacts.path(sha256), async (model) => {
      const { testRows } = rows.view;
      const labels = await rows.targets("test");
      const right = new Uint8Array(testRows);
      const width = model.classNames.length;
      for (let from = 0; from < testRows; from += BATCH_ROWS) {
        signal.throwIfAborted();
        const count = Math.min(BATCH_ROWS, testRows - from);
        const numbers = Array.from({ length: count }, (_, at) => from + at);
        const raw = await rows.inputs(numbers, "test");
        const scale = raw instanceof Uint8Array ? 1 / 255 : 1;
        const outputs = await model.predict(Float32Array.from(raw, (value) => value * scale));
        for (const at of numbers.keys())
          right[from + at] = argmax(outputs, at * width, width) === labels[from + at] ? 1 : 0;
      }
      return right;
    });
  }
}

/** The first of the largest, as the report takes it. */
function argmax(outputs: Float32Array, from: number, width: number): number {
  let best = 0;
  for (let at = 1; at < width; at++)
    if ((outputs[from + at] as number) > (outputs[from + best] as number)) best = at;
  return best;
}

const dataOf = ({ plan }: RunView): string =>
  plan === null
    ? "data that Sweepyard does not know"
    : `${plan.data.dataset} version ${plan.data.version}`;
