import { AppError, type ErrorCode } from "@sweepyard/contract";

/** An error about one uploaded file (or option): which, the rule, what was wrong and what would be right. */
export const invalidPart = (
  path: string,
  rule: string,
  message: string,
  code: ErrorCode = "data_invalid",
): AppError => new AppError(code, `${path} ${message}`, { errors: [{ path, rule, message }] });

/** More bytes than the server takes, whichever way they came about. */
export const tooLarge = (path: string, what: string, maxBytes: number): AppError =>
  invalidPart(
    path,
    "too_large",
    `${what} more than ${maxBytes} bytes; MAX_UPLOAD_BYTES sets the limit`,
    "payload_too_large",
  );
