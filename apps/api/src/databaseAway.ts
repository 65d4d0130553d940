import { AppError } from "@sweepyard/contract";

/** @see https://www.prisma.io/docs/orm/reference/error-reference */
const CODES = ["P1001", "P1002", "P1008", "P1017", "P2024", "P2037"];
/** What the driver says where Prisma has no code for it. */
const WORDS =
  /can't reach database server|connection terminated|terminating connection|timeout exceeded when trying to connect|ECONNREFUSED|ECONNRESET|database system is (starting up|shutting down)/i;

/** `unavailable` if `error` is Prisma's way to say that Postgres does not answer. */
export function databaseAway(error: unknown): AppError | undefined {
  // Prisma marks what passes through it, the driver's plain errors too, with its version.
  if (!(error instanceof Error && "clientVersion" in error)) return undefined;
  const code = "code" in error ? String(error.code) : "";
  const words = WORDS.exec(error.message);
  if (words === null && !CODES.includes(code)) return undefined;
  const where = /at `?([\w.-]+:\d+)/.exec(error.message)?.[1];
  const why = words?.[0].toLowerCase() ?? code;
  return new AppError(
    "unavailable",
    `Postgres${where === undefined ? "" : ` at ${where}`} does not answer (${why}): try again when it is back`,
    { cause: error },
  );
}
