import { createHash } from "node:crypto";
import type { InferenceSession } from "onnxruntime-node";
import { createSession } from "./session.js";

/** Compiled graphs that no run uses and that are kept for the next run of the same one. */
const KEPT_UNUSED = 8;

interface Compiled {
  readonly session: Promise<InferenceSession>;
  users: number;
}

/** By threads and content; of those that nobody uses the one unused for longest stands first. */
const compiled = new Map<string, Compiled>();

/** A compiled graph that others may use at the same time; it stays until its last user lets go. */
export interface SharedSession {
  readonly session: InferenceSession;
  /** To be called once. */
  release(): Promise<void>;
}

/**
 * The session of an .onnx file, compiled unless this process has it already. Who asks for a graph
 * that is just being compiled waits for that.
 */
export async function sharedSession(bytes: Uint8Array, threads: number): Promise<SharedSession> {
  const key = `${threads} ${createHash("sha256").update(bytes).digest("hex")}`;
  const entry = compiled.get(key) ?? { session: createSession(bytes, threads), users: 0 };
  compiled.set(key, entry);
  entry.users++;
  try {
    return { session: await entry.session, release: () => letGo(key, entry) };
  } catch (error) {
    if (compiled.get(key) === entry) compiled.delete(key);
    throw error;
  }
}

async function letGo(key: string, entry: Compiled): Promise<void> {
  entry.users--;
  compiled.delete(key);
  compiled.set(key, entry);
  const unused = [...compiled].filter(([, { users }]) => users === 0);
  for (const [oldest, { session }] of unused.slice(0, -KEPT_UNUSED)) {
    compiled.delete(oldest);
    await (await session).release();
  }
}
