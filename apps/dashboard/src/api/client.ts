import { createClient } from "@sweepyard/client";

/** Same origin; the session cookie says who asks. */
export const client = createClient({ baseUrl: "" });
