import type { ApiDeps } from "../apiDeps.js";
import type { HandlersOf } from "../routeHandlers.js";
import { streamEvents } from "../streamEvents.js";

export const eventRoutes = (deps: ApiDeps): HandlersOf<"events"> => ({
  "events.stream": async ({ query }, context) => {
    await streamEvents(deps, query.sweepId, context);
    return undefined;
  },
});
