import { z } from "zod";
import { AppError } from "./appError.js";
import { toFieldErrors } from "./zodErrors.js";

/** Settings come from the environment and are parsed once, when a process starts. */

const LogLevel = z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info");
const Port = z.coerce.number().int().min(0).max(65_535);
const Seconds = (fallback: number) => z.coerce.number().positive().default(fallback);

const stores = {
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "is a postgres:// address"),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, "is a redis:// address"),
  /** Folder of content-addressed files, the same for API and workers. */
  ARTIFACTS_DIR: z.string().min(1),
  /** Prefix of all keys in Redis; the braces keep them in one slot of a cluster. */
  QUEUE_PREFIX: z
    .string()
    .regex(/^\{[a-z0-9_-]+\}$/, "is a name in braces")
    .default("{sweepyard}"),
  /**
   * Whether webhooks may lead to private addresses and to http: `deny`, or `allow` for development,
   * and where callers are trusted with all that this machine can reach.
   */
  WEBHOOK_PRIVATE_ADDRESSES: z.enum(["deny", "allow"]).default("deny"),
  LOG_LEVEL: LogLevel,
  /** Set by the embedded default: stop when the parent's IPC channel closes. */
  SWEEPYARD_PARENT: z.enum(["0", "1"]).default("0"),
};

export const ApiSettings = z.object({
  ...stores,
  API_HOST: z.string().default("127.0.0.1"),
  /** 0 takes a free port. */
  API_PORT: Port.default(8080),
  /** Where the API is reached from outside, for links; absent: http://host:port. */
  PUBLIC_URL: z.url().optional(),
  /** Proxies in front of the API whose X-Forwarded-For is believed, counted from the API outwards. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  DATABASE_POOL: z.coerce.number().int().min(1).default(10),
  MAX_UPLOAD_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(512 * 1024 * 1024),
  /**
   * Weights and biases a model may have. Training one takes about 30 bytes each, so this bounds
   * what one run can take of a worker's memory.
   */
  MAX_PARAMETERS: z.coerce.number().int().positive().default(50_000_000),
  /** Of the files of models that are kept loaded; in memory a model takes about twice that. */
  MODEL_CACHE_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(512 * 1024 * 1024),
  /**
   * A Python with TensorFlow: exported .tflite and .keras files are then run by TensorFlow Lite's
   * interpreter and by Keras when they are made; absent: by readers of our own.
   */
  EXPORT_PYTHON: z.string().min(1).optional(),
  /** Folder of the built dashboard; absent: the one beside this app. */
  DASHBOARD_DIR: z.string().optional(),
});
export type ApiSettings = z.infer<typeof ApiSettings>;

export const WorkerSettings = z.object({
  ...stores,
  WORKER_NAME: z.string().min(1).max(100).optional(),
  /** Runs at one time; absent: one for each core. */
  SLOTS: z.coerce.number().int().min(0).max(1024).optional(),
  /** Threads of each trainer; absent: cores / slots. */
  THREADS: z.coerce.number().int().min(1).optional(),
  DATABASE_POOL: z.coerce.number().int().min(1).default(10),
  /** A run belongs to its worker this long after the last heartbeat. */
  LEASE_SECONDS: Seconds(30),
  HEARTBEAT_SECONDS: Seconds(5),
  RECONCILE_SECONDS: Seconds(15),
  /** Attempts of a run, the first included, before it counts as failed. */
  MAX_ATTEMPTS: z.coerce.number().int().min(1).default(5),
  /** A trainer that gives no sign of life for so long is killed; the run's next attempt goes on. */
  TRAINER_SILENCE_SECONDS: Seconds(120),
  /** Where orchestrators ask whether it lives (/healthz) and works (/readyz); absent: nowhere. */
  HEALTH_PORT: Port.optional(),
  HEALTH_HOST: z.string().default("127.0.0.1"),
  /**
   * Programs that sweeps may have run here: `off`, `allow` for any, or a list, separated by colons,
   * of programs and of folders whose programs are allowed.
   */
  WORKER_COMMANDS: z.string().min(1).default("off"),
  /** How long a stopping worker waits for its trainers. */
  GRACE_SECONDS: Seconds(20),
});
export type WorkerSettings = z.infer<typeof WorkerSettings>;

/** @throws {AppError} `invalid_request` naming every variable that is missing or wrong. */
export function readSettings<S extends z.ZodObject>(
  schema: S,
  env: Record<string, string | undefined>,
): z.infer<S> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const errors = toFieldErrors(parsed.error);
  const list = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new AppError("invalid_request", `settings in the environment are wrong: ${list}`, {
    errors,
  });
}
