import { z } from "zod";
import { ERROR_CODES } from "./appError.js";

/** RFC 9457 problem details, served as `application/problem+json`. */
export const Problem = z.object({
  /** A relative reference; GET it for a description. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.enum(ERROR_CODES),
  /** Also in the x-request-id header and in the server's log. */
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), rule: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
