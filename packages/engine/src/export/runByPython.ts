import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AppError, type ExportFormat } from "@sweepyard/contract";

/** Beside `src` and `dist`, so both find it. */
const SCRIPT = fileURLToPath(new URL("../../python/run_export.py", import.meta.url));
const LONGEST_MS = 10 * 60_000;

export interface PythonRun {
  /** [rows, outputs] as the file has them: one column for a binary model. */
  readonly outputs: Float32Array;
  readonly latencyMs: number;
  /** Such as "Keras 3.15.0". */
  readonly by: string;
}

/**
 * Runs a .tflite file by TensorFlow Lite's interpreter, or a .keras file by Keras.
 * @param python a Python that has TensorFlow.
 * @param inputs [rows, ...inputShape] as the file takes them.
 * @throws {AppError} `unavailable` with the last line that Python wrote.
 */
export async function runByPython(
  python: string,
  format: ExportFormat,
  file: Uint8Array,
  { inputs, inputShape }: { readonly inputs: Float32Array; readonly inputShape: readonly number[] },
): Promise<PythonRun> {
  const folder = await mkdtemp(join(tmpdir(), "sweepyard-export-"));
  try {
    // Keras tells formats by their names' ends.
    const path = join(folder, format === "keras" ? "model.keras" : "model.tflite");
    const [from, to] = [join(folder, "inputs"), join(folder, "outputs")];
    await writeFile(path, file);
    await writeFile(from, new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength));
    const told = await start(python, [SCRIPT, format, path, inputShape.join(), from, to]);
    const outputs = new Float32Array(Uint8Array.from(await readFile(to)).buffer);
    return { outputs, ...(JSON.parse(told) as Pick<PythonRun, "by" | "latencyMs">) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { timeout: LONGEST_MS });
    return stdout.trim().split("\n").at(-1) ?? "";
  } catch (cause) {
    const { stderr, message } = cause as Error & { readonly stderr?: string };
    const why = stderr?.trim().split("\n").at(-1) || message;
    throw new AppError("unavailable", `${program} could not run the exported file: ${why}`, {
      cause,
    });
  }
}
