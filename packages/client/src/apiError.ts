import { AppError, type ErrorCode, Problem } from "@sweepyard/contract";

/** The API refused or failed; carries its problem details. */
export class ApiError extends AppError {
  override readonly name = "ApiError";
  /** As RFC 9457 has it; made up from the status where something else answered. */
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code, problem.detail, { errors: problem.errors ?? [] });
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  /** Look for it in the API's log. */
  get requestId(): string {
    return this.problem.requestId;
  }
}

/** Reads a refused answer; a proxy's page or an empty body becomes a problem too. */
export async function toApiError(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  const parsed = Problem.safeParse(parseJson(text));
  if (parsed.success) return new ApiError(parsed.data);
  const said = text
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 200);
  return new ApiError({
    type: "about:blank",
    title: response.statusText || "Error",
    status: response.status,
    detail: `${response.url} answered ${response.status}${said === "" ? "" : `: ${said}`}`,
    instance: response.url,
    code: codeOf(response.status),
    requestId: response.headers.get("x-request-id") ?? "",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 413) return "payload_too_large";
  if (status === 502 || status === 503 || status === 504) return "unavailable";
  return status < 500 ? "invalid_request" : "internal";
}
