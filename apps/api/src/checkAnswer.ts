import { isDeepStrictEqual } from "node:util";
import { AppError, type RouteName } from "@sweepyard/contract";
import type { z } from "zod";

/** @throws {AppError} `internal` if the answer lacks what the contract promises, or says more. */
export function checkAnswer(name: RouteName, schema: z.ZodType, answer: unknown): unknown {
  const sent: unknown = JSON.parse(JSON.stringify(answer));
  const parsed = schema.safeParse(sent);
  if (parsed.success && isDeepStrictEqual(parsed.data, sent)) return answer;
  throw new AppError("internal", `the answer of ${name} breaks the contract`, {
    cause: parsed.error ?? new Error(`it says more than the contract: ${JSON.stringify(sent)}`),
  });
}
