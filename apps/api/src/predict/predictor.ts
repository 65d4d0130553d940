import type { Baseline, Id } from "@sweepyard/contract";
import {
  type Db,
  exportSource,
  findBaseline,
  findModelFile,
  keepBaseline,
  type ResolvedModel,
  resolveModel,
  type ServedVersion,
} from "@sweepyard/db";
import type { LoadedModel } from "@sweepyard/engine";
import type { Logger } from "pino";
import { runModelJob } from "../models/runModelJob.js";
import { answersOf } from "./answersOf.js";
import type { ModelCache } from "./modelCache.js";
import type { PredictMemory } from "./predictMemory.js";
import { ShortMemory } from "./shortMemory.js";
import type { Served, TrafficCounter } from "./trafficCounter.js";

/** Shadow requests under way; what comes while so many wait is not compared. */
const MOST_SHADOWS = 32;
/** Names whose last version is remembered. */
const MOST_NAMES = 1000;
/** How long it is taken for granted that a run has no baseline yet. */
const BASELINE_MS = 30_000;

export interface PredictorDeps {
  readonly db: Db;
  readonly models: ModelCache;
  readonly memory: PredictMemory;
  readonly traffic: TrafficCounter;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

export interface Predicted {
  readonly version: ServedVersion;
  readonly model: Pick<LoadedModel, "classNames" | "task" | "inputShape">;
  /** [rows, ...inputShape] as the model took them. */
  readonly inputs: Float32Array;
  /** [rows, names]. */
  readonly outputs: Float32Array;
}

/** Makes the inputs of a request. @throws {AppError} what is wrong with it. */
export type ReadInputs = (version: ServedVersion) => Float32Array | Promise<Float32Array>;

/**
 * Answers predictions by name: finds the version, lends the challenger its share of the champion's
 * requests, and counts what came of it.
 */
export class Predictor {
  readonly #deps: PredictorDeps;
  /** The version that answered last, by project and the name asked for. */
  readonly #answering = new Map<string, ResolvedModel>();
  readonly #baselines = new ShortMemory<Baseline | null>({ ms: BASELINE_MS });
  /** Of runs whose baseline is there: kept, since it never changes. */
  readonly #known = new Map<Id, Baseline>();
  #shadows = 0;

  constructor(deps: PredictorDeps) {
    this.#deps = deps;
  }

  /**
   * @param spec `name`, `name@alias` or `name@version`.
   * @param read makes the inputs; it may be called again, for another version.
   * @throws {AppError} `not_found`, and what `read` throws.
   */
  async predict(projectId: Id, spec: string, read: ReadInputs): Promise<Predicted> {
    const resolved = await this.find(projectId, spec);
    const { trial } = resolved;
    if (trial === null) return this.#ask({ version: resolved, role: "live" }, read);
    if (Math.random() < trial.canary) {
      const canary = { version: trial.by, role: "canary", against: resolved } as const;
      // A challenger that fails costs the caller nothing; if the request is to blame, so it is again.
      const answer = await this.#ask(canary, read).catch(() => undefined);
      if (answer !== undefined) return answer;
    }
    const answer = await this.#ask({ version: resolved, role: "live" }, read);
    if (Math.random() < trial.shadow) void this.#compare(trial.by, answer);
    return answer;
  }

  /**
   * The version that answers by a name now. One that an alias was just pointed at is loaded first,
   * while the one before goes on answering.
   */
  async find(projectId: Id, spec: string): Promise<ResolvedModel> {
    const { db, memory, models } = this.#deps;
    const key = `${projectId} ${spec}`;
    const resolved = await memory.versions.get(key, () => resolveModel(db, projectId, spec));
    const before = this.#answering.get(key);
    const isSwap = before !== undefined && before.sha256 !== resolved.sha256;
    if (isSwap && models.isReady(before.sha256) && !models.isReady(resolved.sha256)) {
      // If it can't be loaded, the next request is told so.
      const swap = () => this.#remember(key, resolved);
      this.load(resolved).then(swap, swap);
      return before;
    }
    if (before !== resolved) this.#remember(key, resolved);
    return resolved;
  }

  /** Loads a version's model before it is asked. @throws {AppError} `not_found`. */
  load({ sha256 }: Pick<ServedVersion, "sha256">): Promise<void> {
    return this.#deps.models.load(sha256, this.#deps.db.artifacts.path(sha256));
  }

  /**
   * Loads a run's model, if it has one, so that an alias that is pointed at it next answers at once.
   * @throws {AppError} `not_found` if the file is gone.
   */
  async prepare(projectId: Id, runId: Id): Promise<void> {
    const sha256 = await findModelFile(this.#deps.db, projectId, runId);
    if (sha256 !== null) await this.load({ sha256 });
  }

  /** What the model of a run finds in its training rows; looked at now if it was not yet. */
  async baseline(projectId: Id, runId: Id): Promise<Baseline> {
    const { db, stopping } = this.#deps;
    const known = this.#known.get(runId) ?? (await findBaseline(db, runId));
    if (known !== null) return known;
    const source = await exportSource(db, projectId, runId);
    const job = { kind: "baseline", artifactsDir: db.artifacts.dir, source } as const;
    const made = await keepBaseline(db, runId, await runModelJob(job, stopping));
    this.#known.set(runId, made);
    return made;
  }

  async #ask(served: Served, read: ReadInputs): Promise<Predicted> {
    const { models, db, traffic } = this.#deps;
    const { version } = served;
    const { sha256 } = version;
    const start = performance.now();
    let isRead = false;
    try {
      return await models.use(sha256, db.artifacts.path(sha256), async (model) => {
        isRead = true;
        const inputs = await read(version);
        isRead = false;
        const outputs = await model.predict(inputs);
        const answer = { version, model, inputs, outputs };
        traffic.answered(served, performance.now() - start, answer, this.#baselineNow(version));
        return answer;
      });
    } catch (error) {
      if (!isRead) traffic.failed(served); // else the request is not valid
      throw error;
    }
  }

  /** Asks the challenger what the champion has answered, and counts where they agree. */
  async #compare(challenger: ServedVersion, champion: Predicted): Promise<void> {
    if (this.#shadows >= MOST_SHADOWS) return;
    this.#shadows++;
    const { version: against, model, inputs } = champion;
    const served: Served = { version: challenger, role: "shadow", against };
    try {
      const { outputs, model: other } = await this.#ask(served, () => inputs);
      const isComparable =
        model.task !== "regression" && String(model.classNames) === String(other.classNames);
      if (!isComparable) return;
      const own = answersOf(model, champion.outputs);
      const agreed = answersOf(other, outputs).filter((answer, row) => answer === own[row]).length;
      this.#deps.traffic.compared(served, own.length, agreed);
    } catch (error) {
      this.#deps.log.warn({ err: error, version: challenger.version }, "the challenger failed");
    } finally {
      this.#shadows--;
    }
  }

  /** Null until it has been read; inputs of before are not counted. */
  #baselineNow({ runId }: ServedVersion): Baseline | null {
    const known = this.#known.get(runId);
    if (known !== undefined) return known;
    this.#baselines
      .get(runId, () => findBaseline(this.#deps.db, runId))
      .then(
        (found) => found !== null && this.#known.set(runId, found),
        () => {}, // the database is away: asked again later
      );
    return null;
  }

  #remember(key: string, resolved: ResolvedModel): void {
    this.#answering.delete(key);
    this.#answering.set(key, resolved);
    for (const oldest of this.#answering.keys()) {
      if (this.#answering.size <= MOST_NAMES) break;
      this.#answering.delete(oldest);
    }
  }
}
