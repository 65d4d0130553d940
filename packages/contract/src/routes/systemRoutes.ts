import { z } from "zod";
import { DrainWorker } from "../drain.js";
import { Id } from "../ids.js";
import { WorkerLoad } from "../load.js";
import { QueueHistory } from "../queueHistory.js";
import { strictObject } from "../strictObject.js";
import { ApiKeyView, QueueView, Scope, WorkerView } from "../views.js";
import type { RouteDefinition } from "./routeDefinition.js";
import { ById } from "./routeFields.js";

/** How far back, in a query. */
const minutes = (most: number) => z.coerce.number<number | string>().int().min(1).max(most);

export const CreateKey = strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(Scope).min(1),
  expiresInDays: z.int().min(1).max(3650).optional(),
});
export type CreateKey = z.infer<typeof CreateKey>;

export const CreateProject = strictObject({
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
      error:
        "a project's name has up to 64 lower-case letters, digits, dots, dashes or underscores",
    }),
});
export type CreateProject = z.infer<typeof CreateProject>;

export const Me = z.object({
  project: z.object({ id: Id, name: z.string() }),
  key: z.object({ name: z.string(), scopes: z.array(Scope) }),
  version: z.string(),
});
export type Me = z.infer<typeof Me>;

export const SYSTEM_ROUTES = {
  "workers.list": {
    method: "GET",
    path: "/workers",
    summary: "Workers and what their slots do",
    scope: "read",
    status: 200,
    response: z.object({ items: z.array(WorkerView) }),
  },
  "workers.load": {
    method: "GET",
    path: "/workers/load",
    summary: "CPU, memory and busy slots of each worker over time",
    scope: "read",
    query: strictObject({ minutes: minutes(1_440).default(60) }),
    status: 200,
    response: z.object({ items: z.array(WorkerLoad) }),
  },
  "workers.drain": {
    method: "POST",
    path: "/workers/:id/drain",
    summary: "Have a worker take no more runs",
    description:
      "Its runs go on to their end, or with `hand_back` go to other workers from their last checkpoint. From the answer on it claims no run; it obeys at its next heartbeat. It stays, and goes on looking after sweeps, until it is stopped or told to resume.",
    example: { runs: "hand_back" },
    scope: "admin",
    params: ById,
    body: DrainWorker,
    status: 202,
    response: WorkerView,
  },
  "workers.resume": {
    method: "POST",
    path: "/workers/:id/resume",
    summary: "Have a drained worker take runs again",
    scope: "admin",
    params: ById,
    status: 202,
    response: WorkerView,
  },
  "queue.history": {
    method: "GET",
    path: "/queue/history",
    summary: "Runs waiting, begun and ended over time, and how long they waited",
    description: "Of up to seven days, in sixty equal parts.",
    scope: "read",
    query: strictObject({ minutes: minutes(10_080).default(60) }),
    status: 200,
    response: QueueHistory,
  },
  "queue.get": {
    method: "GET",
    path: "/queue",
    summary: "What waits, what runs, and why",
    scope: "read",
    status: 200,
    response: QueueView,
  },
  "events.stream": {
    method: "GET",
    path: "/events",
    summary: "Live events as server-sent events; resumes from Last-Event-ID",
    description:
      "Each message's data is one event as JSON and its id the place to go on from. Messages named `cursor` only say where the stream stands. A `gap` event means that events were dropped by age: fetch anew what is shown.",
    scope: "read",
    query: strictObject({ sweepId: Id.optional() }),
    status: 200,
    stream: "text/event-stream",
  },

  "me.get": {
    method: "GET",
    path: "/me",
    summary: "Whose key this is",
    scope: "read",
    status: 200,
    response: Me,
  },
  "projects.create": {
    method: "POST",
    path: "/projects",
    summary: "Make a project, with a first key of every scope; its secret is shown this once",
    description:
      "The new project has nothing of this one: its data, sweeps, runs, models and keys are its own, and this key reaches none of them.",
    example: { name: "another-team" },
    scope: "admin",
    body: CreateProject,
    status: 201,
    response: z.object({
      project: z.object({ id: Id, name: z.string() }),
      key: ApiKeyView,
      secret: z.string(),
    }),
  },
  "keys.list": {
    method: "GET",
    path: "/keys",
    summary: "List API keys",
    scope: "admin",
    status: 200,
    response: z.object({ items: z.array(ApiKeyView) }),
  },
  "keys.create": {
    method: "POST",
    path: "/keys",
    summary: "Make an API key; its secret is shown this once",
    scope: "admin",
    body: CreateKey,
    status: 201,
    response: z.object({ key: ApiKeyView, secret: z.string() }),
  },
  "keys.revoke": {
    method: "DELETE",
    path: "/keys/:id",
    summary: "Revoke an API key",
    scope: "admin",
    params: ById,
    status: 204,
  },
  "loginLinks.create": {
    method: "POST",
    path: "/login-links",
    summary: "A one-time link that logs a browser in with this key's scopes",
    scope: "read",
    status: 201,
    response: z.object({ url: z.string(), expiresAt: z.iso.datetime() }),
  },
} as const satisfies Record<string, RouteDefinition>;
