import { AppError } from "@sweepyard/contract";

/** @see https://www.prisma.io/docs/orm/reference/error-reference */
const AWAY_CODES = ["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2037"];
/** What the driver says where Prisma has no code for it. */
const AWAY_WORDS =
  /can't reach database server|connection terminated|terminating connection|timeout exceeded when trying to connect|has not answered for \d+ s|ECONNREFUSED|ECONNRESET|database system is (starting up|shutting down)/i;
const FULL_WORDS = /no space left on device|\b53100\b/i;

/** An error of Prisma's that an operator can put right, as one; undefined for any other. */
export function explainDatabaseError(error: unknown): AppError | undefined {
  // Prisma marks what passes through it, the driver's plain errors too, with its version.
  if (!(error instanceof Error && "clientVersion" in error)) return undefined;
  if (FULL_WORDS.test(error.message))
    return new AppError("storage_full", "Postgres has no space left on its disk: free some", {
      cause: error,
    });
  const code = "code" in error ? String(error.code) : "";
  const words = AWAY_WORDS.exec(error.message);
  if (words === null && !AWAY_CODES.includes(code)) return undefined;
  const where = /at `?([\w.-]+:\d+)/.exec(error.message)?.[1];
  const why = words?.[0].toLowerCase() ?? code;
  return new AppError(
    "unavailable",
    `Postgres${where === undefined ? "" : ` at ${where}`} does not answer (${why}): try again when it is back`,
    { cause: error },
  );
}
