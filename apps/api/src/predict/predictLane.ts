import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { API_PREFIX, ROUTES } from "@sweepyard/contract";
import type { ApiDeps } from "../apiDeps.js";
import { requireScope } from "../auth.js";
import { checkAnswer } from "../checkAnswer.js";
import { answerProblem, invalidJson, logProblem, toAppError } from "../problem.js";
import { logAnswer, newRequestId } from "../requestLog.js";
import { securityHeaders } from "../securityHeaders.js";
import { authenticateShortly } from "./authenticateShortly.js";
import { predictInstances } from "./predictInstances.js";

/** Above this the way through Express is a small part, and its compression is worth having. */
const MOST_BYTES = 64 * 1024;
const PREDICT = "models.predict";

/**
 * Answers the request that a catalogue sends thousands of a second, a few rows as JSON with a key,
 * without Express: its router, its middleware and a log line each cost more than the prediction.
 * Everything else, whatever is unusual about it, goes on to `next`, which answers this request the
 * same. Scope, body and answer are the contract's route; authentication, problems and log are
 * those of all routes.
 */
export function predictLane(
  deps: Pick<ApiDeps, "db" | "memory" | "predictor" | "log" | "publicUrl" | "checkAnswers">,
  next: RequestListener,
): RequestListener {
  const fixed = headersOf(deps.publicUrl().startsWith("https:"));
  return (req, res) => {
    const spec = specOf(req);
    if (spec === undefined) next(req, res);
    else void answer(deps, { req, res, spec, fixed });
  };
}

const isBetween = (value: number, least: number, most: number): boolean =>
  value >= least && value <= most;

interface Asked {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The model's name, perhaps with an alias or a version. */
  readonly spec: string;
  readonly fixed: Readonly<Record<string, string>>;
}

const [BEFORE, AFTER] = `${API_PREFIX}${ROUTES[PREDICT].path}`.split(":name");

/** Of a request that belongs here; no name that is decoded, no query, no session, no compressed body. */
function specOf({ method, url = "", headers }: IncomingMessage): string | undefined {
  if (method !== ROUTES[PREDICT].method || BEFORE === undefined || AFTER === undefined) return;
  if (!url.startsWith(BEFORE) || !url.endsWith(AFTER)) return;
  const spec = url.slice(BEFORE.length, -AFTER.length);
  const isPlain =
    /^[\w.@-]{1,100}$/.test(spec) &&
    headers["content-type"] === "application/json" &&
    headers["content-encoding"] === undefined &&
    headers.authorization !== undefined &&
    isBetween(Number(headers["content-length"]), 1, MOST_BYTES);
  return isPlain ? spec : undefined;
}

async function answer(
  { db, memory, predictor, log, checkAnswers }: Parameters<typeof predictLane>[0],
  { req, res, spec, fixed }: Asked,
): Promise<void> {
  const { scope, response, parseBody } = ROUTES[PREDICT];
  const start = performance.now();
  const url = req.url ?? "";
  const id = newRequestId(req);
  const send = (status: number, headers: Readonly<Record<string, string>>, body: string) => {
    if (res.destroyed) return;
    const length = String(Buffer.byteLength(body));
    res.writeHead(status, { ...fixed, ...headers, "Content-Length": length, "X-Request-Id": id });
    res.end(body);
    logAnswer(log, { id, method: req.method ?? "", url }, status, performance.now() - start);
  };
  try {
    const text = readText(req); // begins now: it must not miss what comes while the key is looked up
    text.catch(() => {}); // told below, unless the key is refused first
    const auth = await authenticateShortly(req, { db, memory });
    requireScope(auth, scope);
    const body = parseBody(parseJson(await text));
    const predicted = await predictInstances(predictor, auth.projectId, spec, body);
    if (checkAnswers) checkAnswer(PREDICT, response, predicted);
    send(200, JSON_HEADERS, JSON.stringify(predicted));
  } catch (thrown) {
    if (req.destroyed && !req.complete) return; // nobody is left to be told
    const error = toAppError(thrown);
    logProblem(log.child({ req: { id, method: req.method, url } }), thrown, error);
    const problem = answerProblem(error, url, id);
    send(problem.status, problem.headers, problem.body);
  }
}

const JSON_HEADERS = {
  "Content-Type": "application/json; charset=utf-8",
  "Cache-Control": "no-store",
};

/** The whole body; the parser of HTTP holds it to the length that it announced. */
function readText(req: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    req.on("error", reject);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson(text);
  }
}

/** Those that the middleware of all routes sets, asked once: they are the same for every answer. */
function headersOf(https: boolean): Record<string, string> {
  const headers: Record<string, string> = {};
  const setHeader = (name: string, value: string) => {
    headers[name] = value;
  };
  const res = { setHeader, removeHeader: () => {} } as unknown as ServerResponse;
  securityHeaders(https)({} as IncomingMessage, res, () => {});
  return headers;
}
