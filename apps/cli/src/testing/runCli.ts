import { spawn } from "node:child_process";
import { resolve } from "node:path";
import process from "node:process";
import { onTestFinished } from "vitest";

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** Called with all of stderr so far; true sends SIGINT. */
  readonly interruptWhen?: (stderr: string) => boolean;
}

export const main = resolve(import.meta.dirname, "../../dist/main.js");

/** Runs the built command line as a shell would, with none of this shell's Sweepyard settings. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { env = {}, cwd, stdin = "", interruptWhen } = options;
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL")); // none outlives a test that gave up on it
  let [stdout, stderr, isInterrupted] = ["", "", false];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (isInterrupted || interruptWhen?.(stderr) !== true) return;
    isInterrupted = true;
    child.kill("SIGINT");
  });
  child.stdin.end(stdin);
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (exitCode) => done({ exitCode, stdout, stderr }));
  });
}
