import { aliasedVersions } from "@sweepyard/db";
import { ModelCache } from "./modelCache.js";
import { PredictMemory } from "./predictMemory.js";
import { Predictor, type PredictorDeps } from "./predictor.js";
import { TrafficCounter } from "./trafficCounter.js";

export interface Predicting {
  readonly models: ModelCache;
  readonly predictor: Predictor;
  readonly memory: PredictMemory;
  readonly traffic: TrafficCounter;
  /** Loads the versions that aliases point at, as far as there is room. */
  warm(): Promise<void>;
  /** Stores what was counted, and frees the models. */
  close(): Promise<void>;
}

/** @param cacheBytes of the files of models that are kept loaded. */
export function startPredicting(
  deps: Pick<PredictorDeps, "db" | "log" | "stopping">,
  cacheBytes: number,
): Predicting {
  const { db, log } = deps;
  const models = new ModelCache(cacheBytes);
  const memory = new PredictMemory();
  const traffic = new TrafficCounter(db, log);
  const predictor = new Predictor({ ...deps, models, memory, traffic });
  return {
    models,
    predictor,
    memory,
    traffic,
    async warm() {
      for (const version of await aliasedVersions(db)) {
        if (!models.hasRoom) return;
        await predictor.load(version).catch((error: unknown) => {
          log.warn({ err: error, sha256: version.sha256 }, "an aliased version can't be loaded");
        });
      }
    },
    async close() {
      await traffic.close();
      models.close();
    },
  };
}
