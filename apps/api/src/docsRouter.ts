import { createRequire } from "node:module";
import { dirname } from "node:path";
import { AppError, ERROR_CODES } from "@sweepyard/contract";
import { createOpenApi } from "@sweepyard/contract/openapi";
import express, { Router } from "express";
import { PROBLEMS } from "./problem.js";

/** /openapi.json, Swagger UI at /docs from local files, and what each problem means. */
export function docsRouter(version: string): Router {
  const router = Router();
  const document = createOpenApi(version);
  router.get("/openapi.json", (_req, res) => {
    res.json(document);
  });

  router.get("/docs", (_req, res) => {
    res.type("html").send(DOCS_PAGE);
  });
  router.get("/docs/start.js", (_req, res) => {
    res.type("js").send(DOCS_SCRIPT);
  });
  const swaggerUi = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  router.use("/docs", express.static(swaggerUi, { index: false, redirect: false, maxAge: "1d" }));

  router.get("/problems", (_req, res) => {
    res.json({ problems: ERROR_CODES.map(describe) });
  });
  router.get("/problems/:code", (req, res) => {
    const code = ERROR_CODES.find((known) => known === req.params.code);
    if (code === undefined)
      throw new AppError("not_found", `no problem is called "${req.params.code}"; see /problems`);
    res.json(describe(code));
  });
  return router;
}

const describe = (code: (typeof ERROR_CODES)[number]) => ({
  type: `/problems/${code}`,
  code,
  ...PROBLEMS[code],
});

const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sweepyard API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

// A file of its own: the content security policy runs no inline scripts.
const DOCS_SCRIPT = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;
