import type { IncomingMessage, ServerResponse } from "node:http";
import { newId } from "@sweepyard/contract";
import type { Request } from "express";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";

const QUIET = ["/healthz", "/readyz"];

/**
 * One log line per request, with its id, which is also in the x-request-id header and in problems.
 * Headers and bodies are not logged, and a log-in token in the address is blanked.
 */
export const requestLog = (logger: Logger) =>
  pinoHttp({
    logger,
    genReqId,
    autoLogging: { ignore: (req) => QUIET.includes(req.url ?? "") },
    customLogLevel: (_req, { statusCode }, error) =>
      error !== undefined ? "warn" : levelOf(statusCode),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        url: url.replace(/([?&]token=)[^&]*/g, "$1…"),
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  });

const levelOf = (status: number) => (status >= 500 ? "warn" : "debug");

function genReqId(req: IncomingMessage, res: ServerResponse): string {
  const id = newRequestId(req);
  res.setHeader("x-request-id", id);
  return id;
}

/** A caller may bring an id, so that its own log and ours can be joined. */
export function newRequestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : newId();
}

/** The line of `requestLog`, for a request that did not go through it. */
export function logAnswer(
  log: Logger,
  req: { readonly id: string; readonly method: string; readonly url: string },
  statusCode: number,
  responseTime: number,
): void {
  const level = levelOf(statusCode);
  if (log.isLevelEnabled(level))
    log[level]({ req, res: { statusCode }, responseTime }, "request completed");
}

export const requestIdOf = (req: Request): string => String(req.id);
