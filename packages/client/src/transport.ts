import { API_PREFIX, AppError, ROUTES, type RouteInput, type RouteName } from "@sweepyard/contract";
import { toApiError } from "./apiError.js";

export interface ClientOptions {
  /** Such as `http://127.0.0.1:8080`; "" is the page's own origin. */
  readonly baseUrl: string;
  /** Absent: the browser's session cookie. */
  readonly apiKey?: string | undefined;
  /** Absent: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** `K` is absent, optional or required, as the route has it. */
type Part<K extends string, T> = [T] extends [never]
  ? unknown
  : Record<never, never> extends T
    ? { readonly [P in K]?: T }
    : { readonly [P in K]: T };

/** Files and forms go as they are; everything else goes as JSON. */
type Body<N extends RouteName> =
  | RouteInput<N>["body"]
  | ((typeof ROUTES)[N] extends { upload: string } ? Blob | FormData : never);

export type CallInput<N extends RouteName> = Part<"params", RouteInput<N>["params"]> &
  Part<"query", RouteInput<N>["query"]> &
  Part<"body", Body<N>>;

interface LooseInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

export class Transport {
  readonly #baseUrl: string;
  readonly #apiKey: string | undefined;
  readonly #fetch: typeof globalThis.fetch;

  constructor({ baseUrl, apiKey, fetch }: ClientOptions) {
    this.#baseUrl = baseUrl.replace(/\/+$/, "");
    this.#apiKey = apiKey;
    // Called as a method of anything but the global object, a browser's fetch throws.
    this.#fetch = fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  /** Calls a route of the contract; a refusal is thrown. */
  send<N extends RouteName>(
    name: N,
    input: CallInput<N>,
    options: CallOptions & { readonly headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const { method, path } = ROUTES[name];
    const { params = {}, query = {}, body } = input as LooseInput;
    return this.request(method, `${API_PREFIX}${fillPath(path, params)}${toQuery(query)}`, {
      ...options,
      body,
    });
  }

  /**
   * @throws {ApiError} what the API answered.
   * @throws {AppError} `unavailable` if nothing answers at the address.
   * @throws `signal.reason` when aborted.
   */
  async request(
    method: string,
    path: string,
    {
      signal,
      headers = {},
      body,
    }: CallOptions & {
      readonly headers?: Record<string, string>;
      readonly body?: unknown;
    } = {},
  ): Promise<Response> {
    const { type, payload } = encodeBody(body);
    const response = await this.#fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: {
        accept: "application/json, application/problem+json",
        ...(type === undefined ? {} : { "content-type": type }),
        ...(this.#apiKey === undefined ? {} : { authorization: `Bearer ${this.#apiKey}` }),
        ...headers,
      },
      credentials: this.#apiKey === undefined ? "same-origin" : "omit",
      ...(payload === undefined ? {} : { body: payload }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new AppError("unavailable", this.#unreachable(error), { cause: error });
    });
    if (!response.ok) throw await toApiError(response);
    return response;
  }

  #unreachable(error: unknown): string {
    const where = this.#baseUrl === "" ? "the server" : this.#baseUrl;
    const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
    const why = cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : error);
    return `can't reach ${where} (${String(why)}): is the API running there?`;
  }
}

const fillPath = (path: string, params: Readonly<Record<string, unknown>>): string =>
  path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(String(params[name])));

/** Lists are joined by commas; undefined is left out. */
function toQuery(query: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined)
      search.set(name, Array.isArray(value) ? value.join(",") : String(value));
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

function encodeBody(body: unknown): { type?: string; payload?: BodyInit } {
  if (body === undefined) return {};
  if (body instanceof FormData) return { payload: body }; // fetch sets the type with its boundary
  if (body instanceof Blob) return { type: body.type || "application/octet-stream", payload: body };
  return { type: "application/json", payload: JSON.stringify(body) };
}
