import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AppError } from "@sweepyard/contract";
import { z } from "zod";

export interface Connection {
  readonly url: string;
  readonly apiKey: string;
}

export interface ConnectionSources {
  /** --url and --key. */
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** What the embedded default writes while it runs: `connection.json` in its home folder. */
const ConnectionFile = z.object({
  url: z.url(),
  apiKey: z.string().min(1),
  /** Where it keeps everything, for those who back it up. */
  databaseUrl: z.string().optional(),
  artifactsDir: z.string().optional(),
});

export interface Stores {
  readonly databaseUrl: string;
  readonly artifactsDir: string;
}

/**
 * The database and the artifact store: DATABASE_URL and ARTIFACTS_DIR, else those of the embedded
 * default, while it runs.
 * @throws {AppError} `invalid_request` if only one is given, `unavailable` when neither is known.
 */
export async function findStores({
  env,
  cwd,
}: Pick<ConnectionSources, "env" | "cwd">): Promise<Stores> {
  const { DATABASE_URL: databaseUrl, ARTIFACTS_DIR: artifactsDir } = env;
  if (databaseUrl && artifactsDir) return { databaseUrl, artifactsDir: resolve(cwd, artifactsDir) };
  if (databaseUrl || artifactsDir)
    throw new AppError("invalid_request", "DATABASE_URL and ARTIFACTS_DIR are to be set together");
  const file = await readConnectionFile(env.SWEEPYARD_HOME, cwd);
  if (file?.databaseUrl && file.artifactsDir)
    return { databaseUrl: file.databaseUrl, artifactsDir: file.artifactsDir };
  throw new AppError(
    "unavailable",
    "no database is known: set DATABASE_URL and ARTIFACTS_DIR, or call this where `npm start` runs",
  );
}

/**
 * The server and key to use: options, then SWEEPYARD_URL and SWEEPYARD_API_KEY, then the embedded
 * default's file in SWEEPYARD_HOME or in the nearest `.sweepyard/` at or above `cwd`. That file's
 * key goes to that file's server only.
 * @throws {AppError} `unavailable` when no server is known, `invalid_request` when no key is.
 */
export async function findConnection(sources: ConnectionSources): Promise<Connection> {
  const { env, cwd } = sources;
  const url = sources.url ?? (env.SWEEPYARD_URL || undefined);
  const key = sources.key ?? (env.SWEEPYARD_API_KEY || undefined);
  if (url !== undefined && !URL.canParse(url))
    throw new AppError("invalid_request", `"${url}" is no address: http://127.0.0.1:8080 is one`);
  if (url !== undefined && key !== undefined) return { url, apiKey: key };

  const file = await readConnectionFile(env.SWEEPYARD_HOME, cwd);
  if (url === undefined) {
    if (file === null)
      throw new AppError(
        "unavailable",
        "no server runs here: start one with `npm start` and call this from its folder, or give --url and --key (SWEEPYARD_URL, SWEEPYARD_API_KEY) of another",
      );
    return { url: file.url, apiKey: key ?? file.apiKey };
  }
  if (file !== null && new URL(file.url).origin === new URL(url).origin)
    return { url, apiKey: file.apiKey };
  throw new AppError("invalid_request", `no API key for ${url}: give --key or SWEEPYARD_API_KEY`);
}

async function readConnectionFile(home: string | undefined, cwd: string) {
  for (const folder of home ? [resolve(cwd, home)] : homesAbove(cwd)) {
    const path = join(folder, "connection.json");
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw new AppError("invalid_request", `${path} can't be read: ${error.message}`);
    });
    if (text === null) continue;
    const parsed = ConnectionFile.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new AppError("invalid_request", `${path} is not as \`npm start\` writes it: delete it`);
  }
  return null;
}

function homesAbove(cwd: string): string[] {
  const folder = resolve(cwd);
  const parent = dirname(folder);
  return [join(folder, ".sweepyard"), ...(parent === folder ? [] : homesAbove(parent))];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
