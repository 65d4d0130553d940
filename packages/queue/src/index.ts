export { type Hints, subscribeHints } from "./hints.js";
export { DEFAULT_PRIORITY, type EnqueueOptions, runJobId } from "./jobOptions.js";
export type { QueueLogger } from "./queueLogger.js";
export {
  createQueues,
  type QueuedChunk,
  type QueuedRun,
  type Queues,
  type QueuesOptions,
} from "./queues.js";
export type { QueueAddress } from "./redisConnection.js";
export {
  type Delivery,
  type Handler,
  type Handlers,
  type JobsOf,
  NotNowError,
  type QueueWorker,
  type QueueWorkerOptions,
  startWorker,
} from "./startWorker.js";
