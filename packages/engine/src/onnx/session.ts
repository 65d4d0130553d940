import { InferenceSession } from "onnxruntime-node";

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
