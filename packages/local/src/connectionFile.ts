import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeSecret } from "./secretFile.js";

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
  const path = join(home, "connection.json");
  await writeSecret(path, JSON.stringify(connection));
  return () => rm(path, { force: true });
}
