import { parseArgs } from "node:util";
import { ApiSettings, AppError, readSettings } from "@sweepyard/contract";
import { pino } from "pino";
import { SERVER_ROLES, type ServerRole, startServer } from "./startServer.js";

/**
 * A stop takes as long as the last request (10 s), then a moment; a store that has gone in the
 * middle of a statement must not keep the process for ever. Less than what a parent waits (30 s).
 */
const STOP_WITHIN_MS = 20_000;

/** `node dist/main.js [--role predict]`: serves until SIGTERM, SIGINT, or the end of the parent that embeds it. */
async function main(): Promise<void> {
  const settings = readSettings(ApiSettings, process.env);
  const log = pino({ level: settings.LOG_LEVEL, base: { app: "api" } });
  const role = readRole(process.argv.slice(2));
  const server = await startServer(settings, log, role);
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, "stopping");
    setTimeout(() => {
      log.error(`not stopped within ${STOP_WITHIN_MS / 1000} s: ended as it is`);
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "could not stop in good order");
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", () => stop("SIGTERM"));
  process.once("SIGINT", () => stop("SIGINT"));
  if (settings.SWEEPYARD_PARENT === "1") process.once("disconnect", () => stop("parent has gone"));

  // Only now: whoever hears this may stop us at once.
  log.info({ url: server.url, role }, "listening");
  process.send?.({ kind: "ready", url: server.url });
}

/** @throws {AppError} `invalid_request`. */
function readRole(args: string[]): ServerRole {
  const { values } = parseArgs({ args, options: { role: { type: "string", default: "api" } } });
  const role = SERVER_ROLES.find((one) => one === values.role);
  if (role !== undefined) return role;
  throw new AppError(
    "invalid_request",
    `--role: ${values.role} is none of ${SERVER_ROLES.join(", ")}`,
  );
}

main().catch((error: unknown) => {
  // One line for what a person can put right; the stack only for faults of our own.
  const text =
    error instanceof AppError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`sweepyard api: ${String(text)}\n`);
  process.exit(1);
});
