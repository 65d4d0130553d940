import { spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { onTestFinished } from "vitest";
import { main } from "./runCli.js";

/** util-linux's `script`, which gives a command a terminal. */
export const hasScript = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Called with all that was shown so far; true types Ctrl-C. */
  readonly interruptWhen: (screen: string) => boolean;
}

/** Runs the built command line on a terminal of its own. */
export function onTerminal(args: readonly string[], { env, interruptWhen }: TerminalOptions) {
  const command = `stty cols 100 rows 30; exec ${process.execPath} ${main} ${args.join(" ")}`;
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    env: { PATH: process.env.PATH, TERM: "xterm", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill()); // its terminal hangs up, which ends the command
  let [screen, isInterrupted] = ["", false];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    if (isInterrupted || !interruptWhen(screen)) return;
    isInterrupted = true;
    child.stdin.write("\u0003");
  });
  return new Promise<{ exitCode: number | null; screen: string }>((done, fail) => {
    child.once("error", fail);
    child.once("close", (exitCode) => done({ exitCode, screen }));
  });
}
