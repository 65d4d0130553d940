import {
  createDocument,
  type oas31,
  type ZodOpenApiContentObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverride,
  type ZodOpenApiRequestBodyObject,
  type ZodOpenApiResponsesObject,
} from "zod-openapi";
import { BatchResult, BatchView, CreateBatch } from "./batches.js";
import { nameForms } from "./byName.js";
import { CreateRun } from "./createRun.js";
import { DATASET_PARTS, DatasetPreview, DatasetView } from "./datasets.js";
import { LiveEvent } from "./events.js";
import { Curve, MetricRow } from "./metrics.js";
import { TrainPlan } from "./plan.js";
import { PredictBody } from "./predictBody.js";
import { Problem } from "./problem.js";
import { Report } from "./report.js";
import type { RouteDefinition } from "./routes/routeDefinition.js";
import { PatchRun, PromoteRun, RunComparison } from "./routes/runRoutes.js";
import { CreateKey, Me } from "./routes/systemRoutes.js";
import { API_PREFIX, ROUTES } from "./routes.js";
import { CreateSweep } from "./sweep.js";
import {
  ApiKeyView,
  ArtifactView,
  AttemptView,
  BestRun,
  ModelVersionView,
  ModelView,
  PredictAnswer,
  QueueView,
  RunView,
  SweepView,
  WorkerView,
} from "./views.js";

export type OpenApiDocument = oas31.OpenAPIObject;

const problemContent = { "application/problem+json": { schema: Problem } };

/** The whole API as an OpenAPI 3.1 document, generated from the table of routes. */
export function createOpenApi(version: string): OpenApiDocument {
  const document = createDocument(
    {
      openapi: "3.1.1",
      info: {
        title: "Sweepyard",
        version,
        description:
          "Trains neural networks from a queue: submit a sweep, watch the runs, promote the best " +
          "one, serve it. Errors are RFC 9457 problems.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      security: [{ apiKey: [] }, { session: [] }],
      tags: [...new Set(Object.keys(ROUTES).map(tagOf))].map((name) => ({ name })),
      paths: createPaths(),
      components: {
        schemas: {
          ApiKeyView,
          ArtifactView,
          AttemptView,
          BatchResult,
          BatchView,
          BestRun,
          CreateBatch,
          CreateKey,
          CreateRun,
          CreateSweep,
          Curve,
          DatasetPreview,
          DatasetView,
          Me,
          MetricRow,
          ModelVersionView,
          ModelView,
          PatchRun,
          PredictAnswer,
          PredictBody,
          Problem,
          PromoteRun,
          QueueView,
          Report,
          RunComparison,
          RunView,
          SweepView,
          TrainPlan,
          WorkerView,
        },
        securitySchemes: {
          apiKey: { type: "http", scheme: "bearer", description: "An API key, `swy_…`" },
          session: { type: "apiKey", in: "cookie", name: "sweepyard_session" },
        },
      },
    },
    { override: withNames },
  );
  joinLists(document);
  return withoutUnused(document);
}

/** A request may have the name alone where an answer has the object. */
const withNames: ZodOpenApiOverride = ({ zodSchema, jsonSchema, io }) => {
  const names = nameForms.get(zodSchema)?.names;
  if (names === undefined || io === "output") return;
  const { oneOf } = jsonSchema;
  delete jsonSchema.oneOf;
  delete jsonSchema.type;
  jsonSchema.anyOf = [{ type: "string", enum: [...names] }, { oneOf }];
};

const tagOf = (name: string): string => name.split(".")[0] ?? name;

function createPaths() {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [name, route] of Object.entries<RouteDefinition>(ROUTES)) {
    const path = `${API_PREFIX}${route.path.replace(/:([A-Za-z]+)/g, "{$1}")}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(name, route) };
  }
  return paths;
}

function toOperation(name: string, route: RouteDefinition): ZodOpenApiOperationObject {
  const { params, query, scope, summary, description } = route;
  const requestBody = toRequestBody(route);
  return {
    operationId: name,
    tags: [tagOf(name)],
    summary,
    description: [description, `Needs a key with scope \`${scope}\`.`].filter(Boolean).join("\n\n"),
    requestParams: {
      ...(params === undefined ? {} : { path: params }),
      ...(query === undefined ? {} : { query }),
    },
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: toResponses(route),
  };
}

function toRequestBody(route: RouteDefinition): ZodOpenApiRequestBodyObject | undefined {
  const { body, upload, example } = route;
  const content: ZodOpenApiRequestBodyObject["content"] = {};
  if (body !== undefined)
    content["application/json"] = { schema: body, ...(example === undefined ? {} : { example }) };
  if (upload === "image") {
    content["image/png"] = { schema: binary };
    content["image/jpeg"] = { schema: binary };
    content["multipart/form-data"] = {
      schema: { type: "object", properties: { image: binary }, required: ["image"] },
    };
  }
  if (upload === "archive") content["multipart/form-data"] = { schema: archiveForm };
  if (upload === "multipart/form-data") content[upload] = { schema: datasetForm };
  return Object.keys(content).length === 0 ? undefined : { required: true, content };
}

/** Bytes as they are, not in JSON: OpenAPI 3.1 leaves the type out. */
const binary: oas31.SchemaObject = { format: "binary" };

const datasetForm: oas31.SchemaObject = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string" },
    description: { type: "string" },
    options: { type: "string", description: "JSON: the format, and how it is to be read" },
    classNames: { type: "string", description: "In place of options for IDX: a JSON list" },
    ...Object.fromEntries(
      Object.values(DATASET_PARTS).flatMap((parts) => parts.map((part) => [part, binary])),
    ),
  },
};

const archiveForm: oas31.SchemaObject = {
  type: "object",
  required: ["archive"],
  properties: {
    archive: binary,
    name: { type: "string" },
    top_k: { type: "integer" },
    priority: { type: "integer" },
  },
};

function toResponses(route: RouteDefinition): ZodOpenApiResponsesObject {
  const content = toContent(route);
  const { status, summary } = route;
  return {
    [status]: { description: summary, ...(content === undefined ? {} : { content }) },
    "4XX": { description: "What was wrong with the request", content: problemContent },
    "5XX": { description: "What went wrong at the server", content: problemContent },
  } as ZodOpenApiResponsesObject; // the computed key widens to string
}

function toContent({ response, stream }: RouteDefinition): ZodOpenApiContentObject | undefined {
  if (response !== undefined) return { "application/json": { schema: response } };
  if (stream === "text/event-stream") return { [stream]: { schema: LiveEvent } }; // each event's data
  if (stream === "application/x-ndjson") return { [stream]: { schema: BatchResult } }; // each line
  return stream === undefined ? undefined : { [stream]: { schema: binary } };
}

/** Lists in a query are joined by commas, which in OpenAPI is `explode: false`. */
function joinLists(document: OpenApiDocument): void {
  for (const item of Object.values(document.paths ?? {}))
    for (const operation of [item.get, item.post, item.put, item.patch, item.delete])
      for (const parameter of operation?.parameters ?? [])
        if ("in" in parameter && parameter.in === "query" && isArraySchema(parameter.schema)) {
          parameter.style = "form";
          parameter.explode = false;
        }
}

const isArraySchema = (schema: oas31.ParameterObject["schema"]): boolean =>
  schema !== undefined && "type" in schema && schema.type === "array";

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

/**
 * The generator lists a schema in its form for requests and, as `…Output`, in its form for
 * answers. A form that no route reaches is dropped, and a lone answer form gets the plain name.
 */
function withoutUnused(document: OpenApiDocument): OpenApiDocument {
  const all = document.components?.schemas ?? {};
  const used = new Set<string>();
  const visit = (value: unknown) => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(REFERENCE)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(all[name]);
    }
  };
  visit(document.paths);
  const schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
  const text = JSON.stringify({ ...document, components: { ...document.components, schemas } });
  const renamed = [...used].filter(
    (name) => name.endsWith("Output") && !used.has(name.slice(0, -"Output".length)),
  );
  return JSON.parse(
    renamed.reduce((json, name) => {
      const plain = name.slice(0, -"Output".length);
      return json
        .replaceAll(`"#/components/schemas/${name}"`, `"#/components/schemas/${plain}"`)
        .replace(`"${name}":`, `"${plain}":`);
    }, text),
  );
}
