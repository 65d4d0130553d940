import {
  AppError,
  type ErrorCode,
  type FieldError,
  type Problem,
  toFieldErrors,
} from "@sweepyard/contract";
import type { ErrorRequestHandler } from "express";
import type { Logger } from "pino";
import { z } from "zod";
import { explainDatabaseError } from "./explainDatabaseError.js";
import { findJsonError } from "./findJsonError.js";
import { requestIdOf } from "./requestLog.js";

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Served at /problems/<code>. */
  readonly description: string;
}

/** The only place that knows HTTP statuses (RFC 9457). */
export const PROBLEMS: Record<ErrorCode, ProblemKind> = {
  invalid_request: {
    status: 400,
    title: "The request is not valid",
    description:
      "A field is missing, unknown or breaks a rule. `errors` lists each with its path, the rule and what would be right. Nothing was stored.",
  },
  unauthorized: {
    status: 401,
    title: "A key is needed",
    description:
      "The request carried no API key or session, or one that is unknown, expired or revoked. Send `Authorization: Bearer swy_…`, or log in.",
  },
  forbidden: {
    status: 403,
    title: "The key does not allow this",
    description:
      "The key lacks the scope that the route needs, or a browser sent the request from another site.",
  },
  not_found: {
    status: 404,
    title: "Not found",
    description: "There is no such thing in the key's project.",
  },
  method_not_allowed: {
    status: 405,
    title: "The method is not allowed here",
    description: "The path exists, the method does not. `Allow` lists those that do.",
  },
  conflict: {
    status: 409,
    title: "Not possible in the present state",
    description:
      "What was asked for does not fit the state that the thing is in, such as retrying a run that still trains.",
  },
  payload_too_large: {
    status: 413,
    title: "The body is too large",
    description: "The body, or a file in it, is above the server's limit. Nothing was stored.",
  },
  unsupported_media_type: {
    status: 415,
    title: "The body's type is not supported",
    description: "Look up the route in /docs for the content types that it takes.",
  },
  shape_mismatch: {
    status: 422,
    title: "Shapes do not fit",
    description: "An image, a layer or a file has another shape than the model or data set needs.",
  },
  data_invalid: {
    status: 422,
    title: "The data is not usable",
    description: "A file is broken or is not what it claims to be. Nothing was stored.",
  },
  too_many_requests: {
    status: 429,
    title: "Too many tries",
    description: "Wait as many seconds as `Retry-After` says.",
  },
  internal: {
    status: 500,
    title: "Something went wrong at the server",
    description:
      "A fault of the server's own. The server's log has the details under the request's id.",
  },
  unavailable: {
    status: 503,
    title: "Not available now",
    description:
      "Something that the server needs does not answer. Wait as many seconds as `Retry-After` says.",
  },
  storage_full: {
    status: 507,
    title: "No space left",
    description: "The server's disk is full. Nothing was stored.",
  },
};

export const problemType = (code: ErrorCode): string => `/problems/${code}`;

/** A minute covers the window of failed log-ins. */
const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = {
  too_many_requests: 60,
  unavailable: 2,
};

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is answered where `error` was thrown. @param path of the request, without its query. */
export function answerProblem(error: AppError, path: string, requestId: string): ProblemAnswer {
  const { code, message, errors } = error;
  const { status, title } = PROBLEMS[code];
  const problem: Problem = {
    type: problemType(code),
    title,
    status,
    detail: message,
    instance: path,
    code,
    requestId,
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
  };
  const retryAfter = RETRY_AFTER_SECONDS[code];
  return {
    status,
    headers: {
      "Content-Type": "application/problem+json; charset=utf-8",
      "Cache-Control": "no-store",
      ...(retryAfter !== undefined && { "Retry-After": String(retryAfter) }),
      ...(code === "unauthorized" && { "WWW-Authenticate": 'Bearer realm="sweepyard"' }),
    },
    body: JSON.stringify(problem),
  };
}

/** Faults of the server's own are errors, stores that are away are warnings; callers' mistakes are neither. */
export function logProblem(log: Logger, thrown: unknown, { code, message }: AppError): void {
  if (PROBLEMS[code].status < 500) return;
  log[code === "internal" ? "error" : "warn"]({ err: thrown }, message);
}

/** Express recognises error handlers by their four parameters; keep `_next`. */
export const problemHandler: ErrorRequestHandler = (thrown, req, res, _next) => {
  const error = toAppError(thrown);
  logProblem(req.log, thrown, error);
  // A stream that has begun can only be cut: its reader then knows that it is not whole.
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const { status, headers, body } = answerProblem(error, req.path, requestIdOf(req));
  res.removeHeader("ETag");
  res.status(status).set(headers).send(body);
};

export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof z.core.$ZodError) return refuseFields(toFieldErrors(error));
  if (error instanceof URIError)
    return new AppError("invalid_request", "the address has a broken percent-encoding");
  const known = fromBodyParser(error) ?? explainDatabaseError(error);
  return known ?? new AppError("internal", INTERNAL, { cause: error });
}

const INTERNAL =
  "something went wrong at the server; its log has the details under this request's id";

/** The first of the errors is the detail of the problem. */
export const refuseFields = (errors: readonly FieldError[]) =>
  new AppError("invalid_request", summarize(errors), { errors });

function summarize(errors: readonly FieldError[]): string {
  const [first] = errors;
  if (first === undefined) return "the request was not accepted";
  const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
  return `${first.path === "" ? "the body" : first.path}: ${first.message}${more}`;
}

/** What express.json and express.raw throw: https://github.com/expressjs/body-parser#errors */
function fromBodyParser(error: unknown): AppError | undefined {
  if (!(error instanceof Error && "type" in error)) return undefined;
  switch (error.type) {
    case "entity.parse.failed":
      return invalidJson("body" in error ? String(error.body) : "");
    case "entity.too.large": {
      const limit = "limit" in error ? ` of ${String(error.limit)} bytes` : "";
      return new AppError("payload_too_large", `the body is above the limit${limit}`);
    }
    case "encoding.unsupported":
    case "charset.unsupported":
      return new AppError("unsupported_media_type", error.message);
    case "request.aborted":
    case "request.size.invalid":
      return new AppError("invalid_request", `the body did not arrive whole: ${error.message}`);
    default:
      return undefined;
  }
}

/** @param text that `JSON.parse` refused. */
export function invalidJson(text: string): AppError {
  const { at, expected } = findJsonError(text);
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const column = at - before.lastIndexOf("\n");
  const found = at >= text.length ? "it ends" : `it has ${JSON.stringify(text.slice(at, at + 10))}`;
  const message = `no JSON: at line ${line}, column ${column} ${found} where ${expected} is expected`;
  return new AppError("invalid_request", `the body is ${message}`, {
    errors: [{ path: "", rule: "json", message: `is ${message}` }],
  });
}
