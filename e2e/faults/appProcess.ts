import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type StoreProxy, startProxy } from "@sweepyard/local/storeProxy";
import { REPOSITORY_ROOT } from "./repositoryRoot.js";

const HOOKS = join(REPOSITORY_ROOT, "e2e/faults/faultHooks.mjs");
const RESTART_MS = 500;
/** Past its grace period a process is given so much longer, since the machine may be busy. */
export const OVERDUE_MS = 10_000;
const list = promisify(execFile);

export interface AppOptions {
  readonly app: "api" | "worker";
  readonly name: string;
  /** Folder of its log and of the file through which its hooks get their orders. */
  readonly dir: string;
  readonly postgresUrl: string;
  readonly redisUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The API or a worker, as production runs it: a process that its manager starts again when it
 * ends by itself. It reaches the stores through wires of its own.
 */
export class AppProcess {
  readonly name: string;
  readonly app: AppOptions["app"];
  readonly postgres: StoreProxy;
  readonly redis: StoreProxy;
  readonly #options: AppOptions;
  #child: ChildProcess | undefined;
  #wanted = false;
  #ready: Promise<void> = Promise.resolve();

  static async start(options: AppOptions): Promise<AppProcess> {
    const [postgres, redis] = await Promise.all([
      startProxy(options.postgresUrl),
      startProxy(options.redisUrl),
    ]);
    const app = new AppProcess(options, postgres, redis);
    await app.start();
    return app;
  }

  private constructor(options: AppOptions, postgres: StoreProxy, redis: StoreProxy) {
    this.#options = options;
    this.name = options.name;
    this.app = options.app;
    this.postgres = postgres;
    this.redis = redis;
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    const child = this.#child;
    return child?.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  /** Settles once it serves, tried again and again for as long as it is wanted. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  async start(): Promise<void> {
    this.#wanted = true;
    this.#ready = this.#launch();
    await this.#ready;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Asks it to stop and waits for its end. @returns how long that took, in ms */
  async stop(graceMs: number): Promise<number> {
    this.#wanted = false;
    const child = this.#child;
    const began = performance.now();
    if (child === undefined || this.pid === undefined) return 0;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs + OVERDUE_MS);
    await ended;
    clearTimeout(timer);
    return performance.now() - began;
  }

  /** Freezes its event loop, or steps its clock. */
  async order(order: { freezeMs?: number; clockOffsetMs?: number }): Promise<void> {
    await writeFile(this.#commandFile, JSON.stringify(order));
    this.signal("SIGUSR2");
  }

  async trainerPids(): Promise<number[]> {
    if (this.pid === undefined) return [];
    const found = await list("pgrep", ["-P", String(this.pid), "-f", "trainer.js"]).catch(
      () => null,
    );
    return found === null ? [] : found.stdout.trim().split("\n").map(Number);
  }

  async close(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (child !== undefined && this.pid !== undefined) {
      const ended = once(child, "exit");
      child.kill("SIGCONT");
      child.kill("SIGKILL");
      await ended;
    }
    await Promise.all([this.postgres.close(), this.redis.close()]);
  }

  get #commandFile(): string {
    return join(this.#options.dir, `${this.name}.order.json`);
  }

  async #launch(): Promise<void> {
    const { app, dir, env } = this.#options;
    for (;;) {
      const log = createWriteStream(join(dir, `${this.name}.log`), { flags: "a" });
      const child = fork(join(REPOSITORY_ROOT, "apps", app, "dist/main.js"), [], {
        env: {
          ...process.env,
          ...env,
          DATABASE_URL: this.postgres.url,
          REDIS_URL: this.redis.url,
          SWEEPYARD_PARENT: "1",
          FAULT_COMMAND: this.#commandFile,
        },
        execArgv: ["--import", HOOKS],
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
      child.stdout?.pipe(log, { end: false });
      child.stderr?.pipe(log, { end: false });
      this.#child = child;
      const exited = once(child, "exit");
      const isUp = await Promise.race([
        once(child, "message").then(() => true),
        exited.then(() => false),
      ]);
      void exited.then(() => {
        log.end();
        if (isUp && this.#wanted && this.#child === child)
          this.#ready = sleep(RESTART_MS).then(() => (this.#wanted ? this.#launch() : undefined));
      });
      if (isUp || !this.#wanted) return;
      await sleep(RESTART_MS);
      if (!this.#wanted) return;
    }
  }
}
