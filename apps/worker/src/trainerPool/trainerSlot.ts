import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { type TrainerCommand, TrainerEvent } from "@sweepyard/contract";
import type { Logger } from "pino";
import { Mailbox } from "./mailbox.js";
import { TrainerDeath, type TrainerExit } from "./trainerDeath.js";

export type TrainCommand = Extract<TrainerCommand, { kind: "train" }>;
/** What a slot can be given to do. */
export type SlotCommand = Extract<TrainerCommand, { kind: "train" | "run" | "predict" }>;
/** What one run's training tells: epochs, then exactly one of the ends. */
export type TrainingEvent =
  | Exclude<TrainerEvent, { kind: "ready" | "alive" }>
  /** What the trainer's process has printed. */
  | { readonly kind: "output"; readonly line: string };

export interface TrainerOptions {
  /** The trainer's program, trainer.js. */
  readonly entry: string;
  readonly artifactsDir: string;
  readonly logger: Logger;
  /** A trainer that has not stopped this long after being told is killed. */
  readonly stopMs: number;
  /** One that trains and gives no sign of life for so long is killed. */
  readonly silenceMs: number;
}

const END_KINDS: ReadonlySet<string> = new Set([
  "trained",
  "exited",
  "diverged",
  "stopped",
  "failed",
  "predicted",
]);
const LAST_WORDS = 8;
const RESTART_MAX_MS = 30_000;

type Mail = TrainingEvent | { readonly kind: "exit"; readonly exit: TrainerExit };

/** One trainer process, kept warm from run to run and replaced when it dies. */
export class TrainerSlot {
  readonly slot: number;
  readonly #options: TrainerOptions;
  readonly #logger: Logger;
  readonly #onReady: () => void;
  #child: ChildProcess | undefined;
  #ready = false;
  #closed = false;
  #mailbox: Mailbox<Mail> | undefined;
  /** The process was killed because it did not stop: its exit is the stop. */
  #killed = false;
  /** Messages since the last look at the clock. */
  #heard = 0;
  #silentMs: number | undefined;
  /** Deaths since the last run that came to an end. */
  #deaths = 0;
  #restart: NodeJS.Timeout | undefined;
  /** Leads the group of a program that the trainer runs. */
  #program: number | undefined;
  #onGone: () => void = () => {};

  /** Starts the process at once; `onReady` is called each time it can take a run. */
  constructor(slot: number, options: TrainerOptions, onReady: () => void) {
    this.slot = slot;
    this.#options = options;
    this.#logger = options.logger.child({ slot });
    this.#onReady = onReady;
    this.#start();
  }

  /** Whether a run can begin. */
  get free(): boolean {
    return this.#ready && this.#mailbox === undefined;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Trains one run. After `signal` aborts, or the reader leaves the loop, the trainer is told to
   * stop, and killed if it doesn't; epochs that it had finished still come before "stopped".
   * @throws {TrainerDeath} when the process dies.
   */
  async *train(command: SlotCommand, signal: AbortSignal): AsyncGenerator<TrainingEvent> {
    if (!this.free) throw new Error(`slot ${this.slot} is not free`);
    const mailbox = new Mailbox<Mail>();
    this.#mailbox = mailbox;
    const watch = this.#watchForSilence();
    let killTimer: NodeJS.Timeout | undefined;
    const stop = (reason: string) => {
      if (killTimer !== undefined) return;
      this.#send({ kind: "stop", reason });
      const graceMs = command.kind === "run" ? command.stopGraceMs : 0;
      killTimer = setTimeout(() => this.#kill(), this.#options.stopMs + graceMs);
    };
    const onAbort = () => stop("asked to stop");
    let ended = false;
    const next = async (): Promise<TrainingEvent> => {
      const mail = await mailbox.take();
      if (mail.kind === "exit") ended = true;
      if (mail.kind === "exit" && !this.#killed) throw new TrainerDeath(mail.exit);
      if (END_KINDS.has(mail.kind)) ended = true;
      return mail.kind === "exit" ? { kind: "stopped" } : mail;
    };
    try {
      this.#send(command);
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) onAbort();
      while (!ended) yield await next();
    } finally {
      signal.removeEventListener("abort", onAbort);
      if (!ended) stop("nobody listens any more");
      while (!ended) await next().catch(() => {});
      clearTimeout(killTimer);
      clearInterval(watch);
      this.#mailbox = undefined;
      this.#program = undefined;
      if (this.#ready) this.#deaths = 0;
      if (this.free) this.#onReady();
    }
  }

  /** The epoch is stored; lets the trainer go on when it waits for that. */
  acknowledge(epoch: number): void {
    this.#send({ kind: "ack", epoch });
  }

  /** Ends the process; the trainer does so by itself when its channel closes. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => {
      this.#onGone = resolve;
    });
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => this.#kill(), deadlineMs);
    await gone;
    clearTimeout(timer);
  }

  /**
   * Two looks in a row that find nothing: one alone may be our own stop (SIGSTOP, a suspended
   * machine), with messages waiting to be read.
   */
  #watchForSilence(): NodeJS.Timeout {
    const { silenceMs } = this.#options;
    let silentLooks = 0;
    this.#heard = 0;
    return setInterval(() => {
      silentLooks = this.#heard === 0 ? silentLooks + 1 : 0;
      this.#heard = 0;
      if (silentLooks < 2) return;
      this.#silentMs = silenceMs;
      this.#child?.kill("SIGKILL");
    }, silenceMs / 2);
  }

  #start(): void {
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = process.env;
    const child = fork(this.#options.entry, [], {
      serialization: "advanced", // structured clone: NaN and the infinities survive
      execArgv: [],
      env: { ...env, ARTIFACTS_DIR: this.#options.artifactsDir },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    this.#killed = false;
    this.#silentMs = undefined;
    const lastWords: string[] = [];
    const heard = [child.stdout, child.stderr].map(async (stream) => {
      if (stream === null) return;
      for await (const line of createInterface(stream)) {
        lastWords.push(line);
        if (lastWords.length > LAST_WORDS) lastWords.shift();
        this.#logger.warn({ trainerPid: child.pid, line }, "trainer says");
        this.#mailbox?.put({ kind: "output", line });
      }
    });
    child.on("message", (message) => this.#receive(message));
    child.on("error", (error) => this.#logger.error({ error: error.message }, "trainer process"));
    // Not "close", which never comes after a disconnect of ours.
    child.on("exit", (code, signal) => {
      void Promise.allSettled(heard).then(() =>
        this.#exited({ code, signal, lastWords, silentMs: this.#silentMs }),
      );
    });
  }

  #receive(message: unknown): void {
    const event = TrainerEvent.parse(message);
    this.#heard += 1;
    if (event.kind === "alive") return;
    if (event.kind === "running") this.#program = event.pid;
    if (event.kind !== "ready") {
      this.#mailbox?.put(event);
      return;
    }
    this.#ready = true;
    this.#logger.debug({ trainerPid: event.pid }, "trainer is ready");
    if (this.free) this.#onReady();
  }

  #exited(exit: TrainerExit): void {
    this.#ready = false;
    this.#child = undefined;
    this.#endProgram();
    this.#mailbox?.put({ kind: "exit", exit });
    this.#onGone();
    if (this.#closed) return;
    this.#deaths += 1;
    const delayMs =
      this.#deaths === 1 ? 0 : Math.min(RESTART_MAX_MS, 250 * 2 ** (this.#deaths - 1));
    const { code, signal } = exit;
    this.#logger.warn({ code, signal, delayMs }, "trainer process ended, starting another");
    this.#restart = setTimeout(() => this.#start(), delayMs);
  }

  /** A trainer that dies takes its program with it; one that is killed can't, so we do. */
  #endProgram(): void {
    if (this.#program === undefined) return;
    try {
      process.kill(-this.#program, "SIGKILL");
    } catch {
      // Nobody of its group is left.
    }
    this.#program = undefined;
  }

  #kill(): void {
    this.#killed = true;
    this.#child?.kill("SIGKILL");
  }

  #send(command: TrainerCommand): void {
    // A channel that is closing reports itself by the exit.
    if (this.#child?.connected) this.#child.send(command, () => {});
  }
}
