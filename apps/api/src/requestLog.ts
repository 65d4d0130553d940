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
    customLogLevel: (_req, res, error) =>
      error !== undefined || res.statusCode >= 500 ? "warn" : "debug",
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        url: url.replace(/([?&]token=)[^&]*/g, "$1…"),
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  });

/** A caller may bring an id, so that its own log and ours can be joined. */
function genReqId(req: IncomingMessage, res: ServerResponse): string {
  const given = req.headers["x-request-id"];
  const id = typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : newId();
  res.setHeader("x-request-id", id);
  return id;
}

export const requestIdOf = (req: Request): string => String(req.id);
