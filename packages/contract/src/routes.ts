import type { z } from "zod";
import { BATCH_ROUTES } from "./routes/batchRoutes.js";
import { DATASET_ROUTES } from "./routes/datasetRoutes.js";
import { MODEL_ROUTES } from "./routes/modelRoutes.js";
import type { RouteDefinition } from "./routes/routeDefinition.js";
import { RUN_ROUTES } from "./routes/runRoutes.js";
import { SWEEP_ROUTES } from "./routes/sweepRoutes.js";
import { SYSTEM_ROUTES } from "./routes/systemRoutes.js";
import { WEBHOOK_ROUTES } from "./routes/webhookRoutes.js";

/**
 * Every route under /api/v1: the API serves this table, the client calls it, and OpenAPI is
 * generated from it.
 */
export const ROUTES = {
  ...SWEEP_ROUTES,
  ...RUN_ROUTES,
  ...DATASET_ROUTES,
  ...MODEL_ROUTES,
  ...BATCH_ROUTES,
  ...WEBHOOK_ROUTES,
  ...SYSTEM_ROUTES,
} as const satisfies Record<string, RouteDefinition>;

export type RouteName = keyof typeof ROUTES;
export const API_PREFIX = "/api/v1";

type Part<N extends RouteName, K extends string> =
  (typeof ROUTES)[N] extends Record<K, infer S extends z.ZodType> ? S : never;

/** What a handler gets, parsed; absent parts are undefined. */
export interface RouteRequest<N extends RouteName> {
  readonly params: z.output<Part<N, "params">>;
  readonly query: z.output<Part<N, "query">>;
  readonly body: z.output<Part<N, "body">>;
}

/** What a caller gives; parts with only optional fields may be left out. */
export interface RouteInput<N extends RouteName> {
  readonly params: z.input<Part<N, "params">>;
  readonly query: z.input<Part<N, "query">>;
  readonly body: z.input<Part<N, "body">>;
}

export type RouteAnswer<N extends RouteName> = (typeof ROUTES)[N] extends {
  response: infer S extends z.ZodType;
}
  ? z.output<S>
  : undefined;
