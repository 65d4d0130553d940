import type { RequestListener } from "node:http";
import { AppError } from "@sweepyard/contract";
import compression from "compression";
import express from "express";
import type { ApiDeps } from "./apiDeps.js";
import { apiRouter } from "./apiRouter.js";
import { healthRouter } from "./healthRouter.js";
import { kserveRouter } from "./kserve/kserveRouter.js";
import { predictLane } from "./predict/predictLane.js";
import { problemHandler } from "./problem.js";
import { requestLog } from "./requestLog.js";
import { securityHeaders } from "./securityHeaders.js";

/** A server that only predicts, to have many of: `node dist/main.js --role predict`. */
export function createPredictApp(deps: ApiDeps): RequestListener {
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.set("trust proxy", deps.trustedProxies);
  app.use(requestLog(deps.log));
  app.use(securityHeaders(deps.publicUrl().startsWith("https:")));
  app.use(compression());
  app.use(healthRouter(deps));
  app.use(kserveRouter(deps));
  app.use("/api/v1", apiRouter(deps, ["models.predict", "models.predictVersion"]));
  app.use((req) => {
    throw new AppError("not_found", `there is nothing at ${req.path}: this server only predicts`);
  });
  app.use(problemHandler);
  return predictLane(deps, app);
}
