import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { ExpressAdapter } from "@bull-board/express";
import { AppError } from "@sweepyard/contract";
import { Router } from "express";
import type { ApiDeps } from "./apiDeps.js";
import { authenticate } from "./auth.js";

/** Bull Board has no log-in of its own: it asks for one that may submit, since it can remove jobs. */
export function bullBoardRouter({ db, queues }: ApiDeps): Router {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath("/queues");
  createBullBoard({
    queues: Object.values(queues.raw).map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: { uiConfig: { boardTitle: "Sweepyard queues" } },
  });

  const router = Router();
  router.use(async (req, res, next) => {
    try {
      const { scopes } = await authenticate(req, db);
      if (!scopes.includes("admin") && !scopes.includes("submit"))
        throw new AppError("forbidden", 'the queues need the scope "submit" or "admin"');
    } catch (error) {
      const isPage = req.method === "GET" && req.accepts(["json", "html"]) === "html";
      if (isPage && error instanceof AppError && error.code === "unauthorized")
        return res.redirect(303, "/");
      throw error;
    }
    next();
  });
  router.use(serverAdapter.getRouter());
  return router;
}
