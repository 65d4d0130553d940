import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Starts a program that does a piece of work for each line it reads, such as training an epoch, and
 * answers each with a line of JSON, after a first one with its `version`. Its thread pools are limited from outside too.
 * @returns the peer, or `{ skipped }` with the reason why it does not run here.
 */
export async function startPeer(label, [command, ...args], setup) {
  const threads = String(setup.threads);
  const child = spawn(command, [...args, JSON.stringify(setup)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, OMP_NUM_THREADS: threads, MKL_NUM_THREADS: threads },
  });
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint = (complaint + text).slice(-2000);
  });
  child.on("error", (error) => {
    complaint = error.message;
  });
  child.stdin.on("error", () => {}); // it ended; the missing answer says so
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { done, value } = await lines.next();
    return done ? undefined : JSON.parse(value);
  };

  const ready = await answer();
  if (ready === undefined) return { skipped: reasonIn(complaint) };
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    const told = await answer();
    if (told === undefined) throw new Error(`${label} ended: ${complaint}`);
    return told;
  };
  return {
    version: ready.version,
    /** All of its first line. */
    about: ready,
    epoch: () => ask("epoch"),
    ask,
    stop: () => child.stdin.end(),
  };
}

/** The line of a program's last words that names its error. */
function reasonIn(complaint) {
  const lines = complaint.trim().split("\n");
  return (
    lines.findLast((line) => /error|cannot|no module/i.test(line))?.trim() ||
    lines.at(-1) ||
    "it ended"
  );
}
