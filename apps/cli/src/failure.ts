import { ApiError } from "@sweepyard/client";
import { AppError, type ErrorCode, type FieldError } from "@sweepyard/contract";
import { CommanderError } from "commander";
import type { Colors } from "./format/colors.js";

/** What the shell gets; the table in --help and in apps/cli/README.md. */
export const EXIT = {
  ok: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  notFound: 4,
  /** To trainers: what they asked for or report of is over. */
  stop: 5,
  /** To trainers: nothing just now, ask again. */
  later: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error as it is told: by a person's line or, with --json, by a line of JSON on stderr. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly code: ErrorCode | "interrupted";
  readonly message: string;
  readonly errors: readonly FieldError[];
  /** Look for it in the server's log; null when no server answered. */
  readonly requestId: string | null;
}

/** Null for what commander has already told (help, version, a misspelt option). */
export function toFailure(error: unknown, signal: AbortSignal): Failure | null {
  const plain = { errors: [], requestId: null };
  if (signal.aborted)
    return { ...plain, exitCode: EXIT.interrupted, code: "interrupted", message: "interrupted" };
  if (error instanceof CommanderError) return null;
  if (error instanceof ApiError)
    return {
      exitCode: exitCodeOf(error),
      code: error.code,
      message: error.message,
      errors: error.errors,
      requestId: error.requestId || null,
    };
  if (error instanceof AppError)
    return {
      exitCode: exitCodeHere(error),
      code: error.code,
      message: error.message,
      errors: error.errors,
      requestId: null,
    };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { ...plain, exitCode: EXIT.refused, code: "internal", message };
}

/** Of an error that was found before, or without, asking the server. */
function exitCodeHere({ code }: AppError): ExitCode {
  if (code === "not_found") return EXIT.notFound;
  return code === "unavailable" ? EXIT.unreachable : EXIT.usage;
}

function exitCodeOf(error: ApiError): ExitCode {
  if (error.code === "not_found") return EXIT.notFound;
  return error.code === "unavailable" ? EXIT.unreachable : EXIT.refused;
}

/** The message, then each wrong field it does not quote with its rule, then the request's id. */
export function renderFailure(failure: Failure, colors: Colors): string {
  if (failure.code === "interrupted") return failure.message;
  const untold = failure.errors.filter(({ message }) => !failure.message.includes(message));
  const fields = untold.map(
    ({ path, message, rule }) =>
      `  ${colors.bold(path === "" ? "(whole)" : path)}: ${message} ${colors.dim(`[${rule}]`)}`,
  );
  const request = failure.requestId === null ? [] : [colors.dim(`  request ${failure.requestId}`)];
  return [`${colors.red("error:")} ${failure.message}`, ...fields, ...request].join("\n");
}
