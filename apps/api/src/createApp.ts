import type { RequestListener } from "node:http";
import { AppError } from "@sweepyard/contract";
import compression from "compression";
import express from "express";
import type { ApiDeps } from "./apiDeps.js";
import { apiRouter } from "./apiRouter.js";
import { bullBoardRouter } from "./bullBoardRouter.js";
import { dashboardRouter } from "./dashboardRouter.js";
import { docsRouter } from "./docsRouter.js";
import { healthRouter } from "./healthRouter.js";
import { kserveRouter } from "./kserve/kserveRouter.js";
import { loginRouter } from "./loginRouter.js";
import { predictLane } from "./predict/predictLane.js";
import { problemHandler } from "./problem.js";
import { requestLog } from "./requestLog.js";
import { securityHeaders } from "./securityHeaders.js";

/** The whole server but for the listening. */
export function createApp(deps: ApiDeps): RequestListener {
  const app = express();
  app.disable("x-powered-by");
  // `?a[b]=c` would make objects of what the contract takes for text.
  app.set("query parser", "simple");
  // Whose X-Forwarded-For counts; 0: nobody's.
  app.set("trust proxy", deps.trustedProxies);
  app.use(requestLog(deps.log));
  const https = deps.publicUrl().startsWith("https:");
  app.use(securityHeaders(https));
  app.use(compression()); // the event stream says no-transform and is left alone

  // Open to everybody.
  app.use(healthRouter(deps));
  app.use(docsRouter(deps.version));
  app.use(loginRouter(deps));

  // These ask for a key or a session.
  app.use("/api/v1", apiRouter(deps));
  app.use(kserveRouter(deps));
  app.use("/queues", securityHeaders(https, { isFramed: true }), bullBoardRouter(deps));
  app.use("/api", () => {
    throw new AppError("not_found", "the API is under /api/v1");
  });

  // The dashboard's files hold no data; what it shows it asks the API for.
  app.use(dashboardRouter(deps.dashboardDir));
  app.use((req) => {
    throw new AppError("not_found", `there is nothing at ${req.path}`);
  });
  app.use(problemHandler);
  return predictLane(deps, app);
}
