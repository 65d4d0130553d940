import type { z } from "zod";
import type { Scope } from "../views.js";

/**
 * Every route under /api/v1: the API serves this table, the client calls it, and OpenAPI is
 * generated from it.
 *
 * Long on purpose: it is one table, and to have every route in one place is what it is for.
 */
export interface RouteDefinition {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Express' form, under /api/v1. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** More about it, in Markdown, for the API's documentation. */
  readonly description?: string;
  /** A body that works on the embedded default. */
  readonly example?: unknown;
  /** The scope a key needs. */
  readonly scope: Scope;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Checks more than `body` can and takes its place. @throws {AppError} */
  readonly parseBody?: (input: unknown) => unknown;
  /** What the body is when it is no JSON. */
  readonly upload?: "multipart/form-data" | "image" | "archive";
  readonly status: 200 | 201 | 202 | 204;
  /** Absent: no content, or a stream described by `stream`. */
  readonly response?: z.ZodType;
  readonly stream?:
    | "application/octet-stream"
    | "application/x-ndjson"
    | "text/event-stream"
    | "text/csv"
    | "image/png";
}
