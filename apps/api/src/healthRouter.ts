import { pendingMigrations } from "@sweepyard/db";
import { Router } from "express";
import type { ApiDeps } from "./apiDeps.js";

/** For load balancers and orchestrators: alive, and able to do its work. */
export function healthRouter({ db, queues, log }: ApiDeps): Router {
  const router = Router();
  router.get("/healthz", (_req, res) => {
    res.set("Cache-Control", "no-store").json({ status: "ok" });
  });
  router.get("/readyz", async (_req, res) => {
    const [postgres, redis] = await Promise.all([
      check(async () => {
        const pending = await pendingMigrations(db);
        if (pending.length > 0) throw new Error(`${pending.length} migrations are missing`);
      }),
      check(() => queues.ping()),
    ]);
    for (const [store, { error }] of Object.entries({ postgres, redis }))
      if (error !== undefined) log.warn({ err: error, store }, "not ready");
    // Without Redis the API still answers and accepts, so only Postgres decides.
    res
      .status(postgres.state === "ok" ? 200 : 503)
      .set("Cache-Control", "no-store")
      .json({ postgres: postgres.state, redis: redis.state });
  });
  return router;
}

async function check(probe: () => Promise<unknown>) {
  try {
    await probe();
    return { state: "ok" as const };
  } catch (error) {
    return { state: "failed" as const, error };
  }
}
