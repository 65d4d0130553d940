import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeSecret } from "./secretFile.js";

/**
 * Tells the command line where the embedded default runs and with which key, while it does.
 * @returns what takes it back.
 */
export async function writeConnectionFile(
  home: string,
  connection: { readonly url: string; readonly apiKey: string },
): Promise<() => Promise<void>> {
  const path = join(home, "connection.json");
  await writeSecret(path, JSON.stringify(connection));
  return () => rm(path, { force: true });
}
