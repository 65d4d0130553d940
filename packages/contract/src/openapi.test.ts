import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { createOpenApi } from "./openapi.js";
import type { RouteDefinition } from "./routes/routeDefinition.js";
import { API_PREFIX, ROUTES } from "./routes.js";

const document = createOpenApi("1.2.3");
const text = JSON.stringify(document);

test("every route is in it, under its name and with its answer", () => {
  for (const [name, route] of Object.entries<RouteDefinition>(ROUTES)) {
    const path = `${API_PREFIX}${route.path.replace(/:([A-Za-z]+)/g, "{$1}")}`;
    const item = document.paths?.[path] ?? {};
    const operation = item[route.method.toLowerCase() as "get"];
    expect(operation?.operationId).toBe(name);
    expect(Object.keys(operation?.responses ?? {})).toEqual([String(route.status), "4XX", "5XX"]);
  }
});

test("every reference leads somewhere, and every schema is used", () => {
  const referred = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect([...new Set(referred)].sort()).toEqual(
    Object.keys(document.components?.schemas ?? {}).sort(),
  );
});

test("a schema has one name", () => {
  const names = Object.keys(document.components?.schemas ?? {});
  expect(names).toContain("RunView");
  expect(names).not.toContain("RunViewOutput");
  // A plan is asked for with defaults left out and answered with them filled in: two schemas.
  expect(names).toEqual(expect.arrayContaining(["TrainPlan", "TrainPlanOutput"]));
});

test("lists in queries are joined by commas", () => {
  const parameters = document.paths?.["/api/v1/runs"]?.get?.parameters ?? [];
  expect(parameters).toContainEqual(
    expect.objectContaining({ name: "state", style: "form", explode: false }),
  );
});

test("it is valid OpenAPI 3.1, by the specification's own schema", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(text));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
});
