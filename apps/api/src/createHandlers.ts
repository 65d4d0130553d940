import type { ApiDeps } from "./apiDeps.js";
import type { RouteHandlers } from "./routeHandlers.js";
import { artifactRoutes } from "./routes/artifacts.js";
import { batchRoutes } from "./routes/batches.js";
import { datasetRoutes } from "./routes/datasets.js";
import { eventRoutes } from "./routes/events.js";
import { keyRoutes } from "./routes/keys.js";
import { modelRoutes } from "./routes/models.js";
import { predictionRoutes } from "./routes/predictions.js";
import { runRoutes } from "./routes/runs.js";
import { sweepRoutes } from "./routes/sweeps.js";
import { webhookRoutes } from "./routes/webhooks.js";
import { workerRoutes } from "./routes/workers.js";

export const createHandlers = (deps: ApiDeps): RouteHandlers => ({
  ...sweepRoutes(deps),
  ...runRoutes(deps),
  ...artifactRoutes(deps),
  ...datasetRoutes(deps),
  ...modelRoutes(deps),
  ...batchRoutes(deps),
  ...webhookRoutes(deps),
  ...predictionRoutes(deps),
  ...workerRoutes(deps),
  ...eventRoutes(deps),
  ...keyRoutes(deps),
});
