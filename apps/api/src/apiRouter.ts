import {
  AppError,
  ROUTES,
  type RouteDefinition,
  type RouteName,
  requirePlainJson,
  toFieldErrors,
} from "@sweepyard/contract";
import type { Principal } from "@sweepyard/db";
import express, { type Request, type Response, Router } from "express";
import type { z } from "zod";
import type { ApiDeps } from "./apiDeps.js";
import { authenticate, requireScope } from "./auth.js";
import { checkAnswer } from "./checkAnswer.js";
import { createHandlers } from "./createHandlers.js";
import { authenticateShortly } from "./predict/authenticateShortly.js";
import { refuseFields } from "./problem.js";
import type { RouteContext } from "./routeHandlers.js";

/** 1,024 images of 784 pixels, written with some decimals, are about 10 MB. */
const PREDICT_LIMIT = "16mb";
const JSON_LIMIT = "1mb";

type LooseHandler = (
  request: { params: unknown; query: unknown; body: unknown },
  context: RouteContext,
) => Promise<unknown>;

/**
 * Serves the contract's table of routes, and 404 and 405 for what is not in it.
 * @param only these of them; absent: all.
 */
export function apiRouter(deps: ApiDeps, only?: readonly RouteName[]): Router {
  const router = Router({ caseSensitive: true });
  const known = new WeakMap<Request, Principal>();
  const authOf = (req: Request) => known.get(req) as Principal; // set by the middleware below

  router.use(async (req, _res, next) => {
    known.set(req, await authenticateFor(req, deps));
    next();
  });

  const handlers = createHandlers(deps) as Record<RouteName, LooseHandler>;
  const served = inMatchingOrder().filter(([name]) => only?.includes(name) ?? true);
  for (const [name, route] of served) {
    const handler = handlers[name];
    const method = route.method.toLowerCase() as Lowercase<RouteDefinition["method"]>;
    const parseJson = express.json({
      limit: takesPictures(route) ? PREDICT_LIMIT : JSON_LIMIT,
      strict: false,
    });
    router[method](
      route.path,
      (req, _res, next) => {
        requireScope(authOf(req), route.scope);
        requireBodyType(req, route);
        next();
      },
      parseJson,
      async (req: Request, res: Response) => {
        const request = {
          params: parsePart(route.params, req.params),
          query: parsePart(route.query, req.query),
          body: takesBody(req, route) ? parseBody(route, req.body) : undefined,
        };
        const context = { auth: authOf(req), req, res, signal: signalOf(res, deps.stopping) };
        const answer = await handler(request, context);
        if (route.stream !== undefined) return;
        if (route.response === undefined) res.status(route.status).end();
        else {
          const { status, response } = route;
          const body = deps.checkAnswers ? checkAnswer(name, response, answer) : answer;
          res.status(status).set("Cache-Control", "no-store").json(body);
        }
      },
    );
  }
  refuseOtherMethods(
    router,
    served.map(([, route]) => route),
  );
  router.use((req) => {
    throw new AppError("not_found", `there is no ${req.method} ${req.originalUrl.split("?")[0]}`);
  });
  return router;
}

/** A key is looked up each time, but for predictions. */
function authenticateFor(req: Request, deps: ApiDeps): Promise<Principal> {
  const isPrediction = req.method === "POST" && req.path.endsWith("/predict");
  return isPrediction ? authenticateShortly(req, deps) : authenticate(req, deps.db);
}

/** /runs/best before /runs/:id: a path without parameters goes first. */
function inMatchingOrder(): [RouteName, RouteDefinition][] {
  const routes = Object.entries(ROUTES) as [RouteName, RouteDefinition][];
  const rank = ([, { path }]: [RouteName, RouteDefinition]) => (path.includes(":") ? 1 : 0);
  return routes.sort((a, b) => rank(a) - rank(b));
}

function refuseOtherMethods(router: Router, routes: readonly RouteDefinition[]): void {
  const allowed = new Map<string, string[]>();
  for (const { path, method } of routes) allowed.set(path, [...(allowed.get(path) ?? []), method]);
  for (const [path, methods] of allowed)
    router.all(path, (req, res) => {
      const list = methods.join(", ");
      res.set("Allow", list);
      throw new AppError("method_not_allowed", `${req.method} is not possible here, only ${list}`);
    });
}

const isJson = (req: Request): boolean => Boolean(req.is(["json", "+json"]));

/** An upload route that also takes JSON has its body parsed only when it is JSON. */
const takesBody = (req: Request, route: RouteDefinition): boolean =>
  route.body !== undefined && (route.upload === undefined || isJson(req));

/** Pictures in base64, or many of them as numbers. */
const takesPictures = ({ upload }: RouteDefinition): boolean =>
  upload === "image" || upload === "archive";

/** @throws {AppError} `unsupported_media_type` */
function requireBodyType(req: Request, { body, upload }: RouteDefinition): void {
  const empty =
    req.headers["transfer-encoding"] === undefined && !Number(req.headers["content-length"]);
  if ((body === undefined && upload === undefined) || (empty && upload === undefined)) return;
  const accepted = [
    ...(body === undefined ? [] : ["application/json"]),
    ...(upload === "image" ? ["image/png", "image/jpeg", "image/webp", "multipart/form-data"] : []),
    ...(upload === "multipart/form-data" || upload === "archive" ? ["multipart/form-data"] : []),
  ];
  if (body !== undefined && isJson(req)) return;
  if (req.is(accepted)) return;
  const given = req.headers["content-type"] ?? "none";
  throw new AppError(
    "unsupported_media_type",
    `the content type is ${given}; this route takes ${accepted.join(", ")}`,
  );
}

function parsePart(schema: z.ZodType | undefined, value: unknown): unknown {
  requirePlainJson(value);
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refuseFields(toFieldErrors(parsed.error, "", value));
  return parsed.data;
}

function parseBody({ body, parseBody }: RouteDefinition, value: unknown): unknown {
  return parseBody === undefined ? parsePart(body, value) : parseBody(value);
}

function signalOf(res: Response, stopping: AbortSignal): AbortSignal {
  const over = new AbortController();
  const stop = () => over.abort(stopping.reason);
  stopping.addEventListener("abort", stop);
  res.once("close", () => {
    stopping.removeEventListener("abort", stop);
    over.abort(new AppError("unavailable", "the caller has gone"));
  });
  return over.signal;
}
