import { client } from "./client.js";
import { createCache } from "./createCache.js";
import { LiveUpdates } from "./liveUpdates.js";

/** The page's answers, and the one stream that keeps them up to date. */
export const cache = createCache();
export const live = new LiveUpdates(client, cache);
