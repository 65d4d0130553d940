/** Why everything ends when somebody asks for it. */
export class Stopped extends Error {
  readonly exitStatus: number;
  constructor(signal: "SIGINT" | "SIGTERM" | "SIGHUP") {
    super(`stopped by ${signal}`);
    this.exitStatus = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal];
  }
}

/** One Ctrl-C comes twice: from the terminal to all, and from npm to its child. */
const SAME_PRESS_MS = 1_000;

/**
 * Aborts on the first SIGINT, SIGTERM or SIGHUP. A later one, when stopping takes too long, ends
 * the process at once; what it started notices and ends as well.
 */
export function listenForStop(): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = (name: NodeJS.Signals) => {
    if (name !== "SIGINT" && name !== "SIGTERM" && name !== "SIGHUP") return;
    if (firstAt === 0) {
      firstAt = Date.now();
      process.stderr.write("\nStopping…\n");
      controller.abort(new Stopped(name));
    } else if (Date.now() - firstAt > SAME_PRESS_MS) process.exit(new Stopped(name).exitStatus);
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    close: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
