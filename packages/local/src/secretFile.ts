import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** The random secret kept in `path`; drawn, and stored for the owner's eyes only, at first use. */
export async function readOrDrawSecret(path: string): Promise<string> {
  const stored = await readSecret(path);
  if (stored !== null) return stored;
  const secret = randomBytes(24).toString("base64url");
  await writeSecret(path, secret);
  return secret;
}

export async function readSecret(path: string): Promise<string | null> {
  try {
    const secret = (await readFile(path, "utf8")).trim();
    return secret === "" ? null : secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

export async function writeSecret(path: string, secret: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${secret}\n`, { mode: 0o600 });
}
