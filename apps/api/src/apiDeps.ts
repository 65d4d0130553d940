import type { Db } from "@sweepyard/db";
import type { Queues } from "@sweepyard/queue";
import type { Logger } from "pino";
import type { AskTellCalls } from "./askTell/askTellCalls.js";
import type { EventHub } from "./eventHub.js";
import type { ImportanceAnalyst } from "./importance/importanceAnalyst.js";
import type { ModelCache } from "./predict/modelCache.js";
import type { PredictMemory } from "./predict/predictMemory.js";
import type { Predictor } from "./predict/predictor.js";
import type { TrafficCounter } from "./predict/trafficCounter.js";
import type { SharedEvents } from "./sharedEvents.js";

/** What the routes work with; made in main.ts, and by tests. */
export interface ApiDeps {
  readonly db: Db;
  readonly queues: Queues;
  readonly hub: EventHub;
  readonly events: SharedEvents;
  readonly models: ModelCache;
  readonly predictor: Predictor;
  readonly memory: PredictMemory;
  readonly traffic: TrafficCounter;
  /** Works out what sweeps tell of their params, beside the event loop. */
  readonly analyst: ImportanceAnalyst;
  /** What trainers outside Sweepyard ask and tell. */
  readonly askTell: AskTellCalls;
  readonly log: Logger;
  /** Aborts when the server stops: streams end. */
  readonly stopping: AbortSignal;
  /** Where a browser reaches this server, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Proxies in front of this server whose word on a caller's address counts. */
  readonly trustedProxies: number;
  readonly version: string;
  readonly maxUploadBytes: number;
  /** Webhooks may lead to private addresses, and to http. */
  readonly privateWebhooks: boolean;
  /** Weights and biases that a model may have. */
  readonly maxParameters: number;
  /** A Python with TensorFlow, which then runs exported files for their figures. */
  readonly exportPython: string | undefined;
  /** Folder of the built dashboard; it may be missing. */
  readonly dashboardDir: string;
  /** How often an event stream without events shows that it lives, and checks its key again. */
  readonly heartbeatMs: number;
  /** An event stream's reader that takes nothing for this long is dropped. */
  readonly stuckMs: number;
  /** Parse every answer by the contract before it is sent. On in tests: it costs time. */
  readonly checkAnswers: boolean;
}
