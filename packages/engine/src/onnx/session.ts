import { createHash } from "node:crypto";
import { InferenceSession } from "onnxruntime-node";

/** Compiled graphs kept for the next run of the same one; the one unused for longest goes first. */
const KEPT_SESSIONS = 8;
const sessions = new Map<string, InferenceSession>();

/** The session of an .onnx file, compiled unless this process has it already. */
export async function cachedSession(bytes: Uint8Array, threads: number): Promise<InferenceSession> {
  const key = `${threads} ${createHash("sha256").update(bytes).digest("hex")}`;
  const session = sessions.get(key) ?? (await createSession(bytes, threads));
  sessions.delete(key);
  sessions.set(key, session);
  for (const [oldest, unused] of sessions) {
    if (sessions.size <= KEPT_SESSIONS) break;
    sessions.delete(oldest);
    await unused.release();
  }
  return session;
}

export function createSession(bytes: Uint8Array, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(bytes, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    extra: {
      session: {
        // Moments of dead units decay into denormals, which are many times slower.
        set_denormal_as_zero: "1",
        // Other trainers and other sessions share the cores.
        intra_op: { allow_spinning: "0" },
      },
    },
  });
}
