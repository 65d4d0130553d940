import type { ROUTES, RouteAnswer, RouteName, RouteRequest } from "@sweepyard/contract";
import type { Principal } from "@sweepyard/db";
import type { Request, Response } from "express";

export interface RouteContext {
  readonly auth: Principal;
  readonly req: Request;
  /** Only for routes that stream; others return their answer. */
  readonly res: Response;
  /** Aborts when the caller has gone or the server stops. */
  readonly signal: AbortSignal;
}

/** A route that takes uploads has no body when something else than JSON arrives. */
type Body<N extends RouteName> =
  | RouteRequest<N>["body"]
  | ((typeof ROUTES)[N] extends { upload: string } ? undefined : never);

export interface HandlerRequest<N extends RouteName> extends Omit<RouteRequest<N>, "body"> {
  readonly body: Body<N>;
}

export type RouteHandler<N extends RouteName> = (
  request: HandlerRequest<N>,
  context: RouteContext,
) => Promise<RouteAnswer<N>>;

/** One handler for each route of the contract; the compiler misses none. */
export type RouteHandlers = { readonly [N in RouteName]: RouteHandler<N> };

/** Those whose names begin with one of `Groups`, such as "sweeps". */
export type HandlersOf<Groups extends string> = Pick<
  RouteHandlers,
  Extract<RouteName, `${Groups}.${string}`>
>;
