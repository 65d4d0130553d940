import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type LocalService, startPostgres, startRedis } from "@sweepyard/local";
import { REPOSITORY_ROOT } from "./repositoryRoot.js";

/** A store that can be killed and started anew on the same data. Each start has its own address. */
export interface Store {
  readonly url: string;
  /** SIGKILL; settles when nothing of it is left. */
  kill(): Promise<void>;
  /** In good order. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** `onMoved` hears of each new address. */
async function openStore(
  launch: () => Promise<LocalService>,
  pidFile: string,
  onMoved: (url: string) => void,
): Promise<Store> {
  let service = await launch();
  return {
    get url() {
      return service.url;
    },
    async kill() {
      const [pid] = (await readFile(pidFile, "utf8")).trim().split("\n");
      process.kill(Number(pid), "SIGKILL");
      await service.exited;
    },
    stop: () => service.stop(),
    async start() {
      service = await launch();
      onMoved(service.url);
    },
  };
}

export const openPostgres = (dir: string, onMoved: (url: string) => void): Promise<Store> =>
  openStore(() => startPostgres({ dir }), join(dir, "data/postmaster.pid"), onMoved);

export const openRedis = (dir: string, onMoved: (url: string) => void): Promise<Store> =>
  openStore(
    () =>
      startRedis({
        dir,
        cacheDir: join(REPOSITORY_ROOT, ".sweepyard/cache/redis"),
        env: { PATH: process.env.PATH },
      }),
    join(dir, "redis.pid"),
    onMoved,
  );
