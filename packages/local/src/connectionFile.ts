import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeSecret } from "./secretFile.js";

export const connectionPath = (home: string): string => join(home, "connection.json");

export interface ConnectionFile {
  readonly url: string;
  readonly apiKey: string;
  readonly databaseUrl: string;
  readonly artifactsDir: string;
}

/**
 * Tells the command line where the embedded default runs, with which key, and where it keeps
 * everything, while it does.
 * @returns what takes it back.
 */
export async function writeConnectionFile(
  home: string,
  connection: ConnectionFile,
): Promise<() => Promise<void>> {
  const path = connectionPath(home);
  await writeSecret(path, JSON.stringify(connection));
  return () => rm(path, { force: true });
}
