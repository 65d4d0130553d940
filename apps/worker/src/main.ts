import { fileURLToPath } from "node:url";
import { readSettings, WorkerSettings } from "@sweepyard/contract";
import { pino } from "pino";
import { startSupervisor } from "./supervisor.js";

/** The worker's process: `node apps/worker/dist/main.js`, with its settings in the environment. */

const trainerEntry = fileURLToPath(new URL("./trainer.js", import.meta.url));
const SAME_CTRL_C_MS = 1_000;

try {
  const settings = readSettings(WorkerSettings, process.env);
  const logger = pino({ level: settings.LOG_LEVEL, base: { app: "worker", pid: process.pid } });
  const starting = startSupervisor({ settings, logger, trainerEntry });

  let askedAt: number | undefined;
  const stop = (why: string, code: number) => {
    if (askedAt !== undefined) return;
    askedAt = performance.now();
    logger.info({ why }, "asked to stop");
    const hardStop = setTimeout(() => process.exit(1), settings.GRACE_SECONDS * 1000 + 1_000);
    hardStop.unref();
    void starting
      .then((running) => running.stop())
      .catch(() => {}) // the start has failed; it says so itself
      .finally(() => process.exit(code));
  };
  process.on("SIGTERM", () => stop("SIGTERM", 0));
  process.on("SIGINT", () => {
    // A second Ctrl-C is meant; but one reaches us both from the terminal and from our parent.
    if (askedAt !== undefined && performance.now() - askedAt > SAME_CTRL_C_MS) process.exit(130);
    stop("SIGINT", 0);
  });
  if (settings.SWEEPYARD_PARENT === "1")
    process.on("disconnect", () => stop("its parent is gone", 0));
  process.on("unhandledRejection", (error) => {
    logger.error({ error: String(error), stack: (error as Error)?.stack }, "unhandled rejection");
    stop("an unhandled rejection", 1);
  });
  process.on("uncaughtException", (error) => {
    logger.error({ error: error.message, stack: error.stack }, "uncaught exception");
    stop("an uncaught exception", 1);
  });

  const { workerId } = await starting;
  process.send?.({ kind: "ready", workerId });
} catch (error) {
  console.error(`sweepyard worker: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
