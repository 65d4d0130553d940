import { describe, expect, test } from "vitest";
import { parseSweep } from "./parseSweep.js";
import type { RouteDefinition } from "./routes/routeDefinition.js";
import { ROUTES } from "./routes.js";

const routes = Object.entries<RouteDefinition>(ROUTES);

describe("the table of routes", () => {
  test.each(routes)("%s declares just the parameters of its path", (_name, route) => {
    const inPath = [...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name);
    expect(Object.keys(route.params?.shape ?? {}).sort()).toEqual(inPath.sort());
  });

  test("no two routes share method and path", () => {
    const keys = routes.map(([, { method, path }]) => `${method} ${path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("a list in a query is parted at commas, and numbers are read", () => {
    expect(ROUTES["runs.list"].query.parse({ state: "queued,running", limit: "7" })).toEqual({
      state: ["queued", "running"],
      limit: 7,
      sort: "-createdAt",
    });
  });

  test.each([{ limit: "0" }, { limit: "1001" }, { limit: "x" }, { page: "1" }, { state: "gone" }])(
    "refuses the query %j",
    (query) => {
      expect(ROUTES["runs.list"].query.safeParse(query).success).toBe(false);
    },
  );

  test("examples of bodies are accepted", () => {
    for (const [name, { body, example }] of routes)
      if (example !== undefined) expect(body?.safeParse(example).error, name).toBeUndefined();
    expect(() => parseSweep(ROUTES["sweeps.create"].example)).not.toThrow();
  });
});
