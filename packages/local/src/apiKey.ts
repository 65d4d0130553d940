import { createClient } from "@sweepyard/client";
import { AppError } from "@sweepyard/contract";
import { runAdmin } from "./adminCommand.js";
import { readSecret, writeSecret } from "./secretFile.js";

const SCOPES = "read,submit,promote,predict,admin";

/** The embedded default's own key, kept in `path`; a new one when there is none that works. */
export async function apiKey(path: string, url: string, env: NodeJS.ProcessEnv): Promise<string> {
  const stored = await readSecret(path);
  if (stored !== null && (await isAccepted(stored, url))) return stored;
  const printed = await runAdmin(["create-key", "--name", "embedded", "--scopes", SCOPES], env);
  const key = printed.trim().split(/\s+/).at(-1) ?? "";
  await writeSecret(path, key);
  return key;
}

async function isAccepted(key: string, url: string): Promise<boolean> {
  try {
    await createClient({ baseUrl: url, apiKey: key }).me.get();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthorized") return false;
    throw error;
  }
}
