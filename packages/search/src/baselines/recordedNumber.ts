import { z } from "zod";

/** zod's own number refuses NaN and the infinities, which recorded figures may be. */
export const RecordedNumber = z.custom<number>((value) => typeof value === "number", {
  error: "must be a number",
});
