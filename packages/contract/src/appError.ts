/** Every way a request or a job can go wrong, by name. The API alone maps them to HTTP statuses. */
export const ERROR_CODES = [
  "invalid_request",
  "unauthorized",
  "forbidden",
  "not_found",
  "method_not_allowed",
  "conflict",
  "payload_too_large",
  "unsupported_media_type",
  "shape_mismatch",
  "data_invalid",
  "too_many_requests",
  "unavailable",
  "storage_full",
  "internal",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with one field: where it is, which rule it breaks, and what would be right. */
export interface FieldError {
  /** Dotted path into the request, such as `space.learning_rate.low`. */
  readonly path: string;
  /** Name of the rule, such as `too_small` or `unrecognized_keys`. */
  readonly rule: string;
  readonly message: string;
}

export interface AppErrorOptions extends ErrorOptions {
  readonly errors?: readonly FieldError[];
}

/** An error whose message may be shown to the person who caused it. */
export class AppError extends Error {
  override readonly name: string = "AppError";
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.errors = options.errors ?? [];
  }
}
