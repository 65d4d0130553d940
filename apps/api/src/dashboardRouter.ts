import { existsSync } from "node:fs";
import { join } from "node:path";
import express, { Router } from "express";

/** The built dashboard: a single page that makes its own routes, so unknown pages get it too. */
export function dashboardRouter(dir: string): Router {
  const router = Router();
  router.use(
    "/assets",
    // Vite puts a hash of its content into each file's name here.
    express.static(join(dir, "assets"), { immutable: true, maxAge: "1y", index: false }),
  );
  router.use(express.static(dir, { index: false, maxAge: "1h" }));
  router.get("/{*path}", (req, res, next) => {
    const isFile = /\.[a-z0-9]+$/i.test(req.path);
    if (isFile || req.accepts("html") !== "html") return next();
    res.set("Cache-Control", "no-cache");
    if (!existsSync(join(dir, "index.html"))) {
      res.status(503).type("html").send(NOT_BUILT_PAGE);
      return;
    }
    res.sendFile("index.html", { root: dir, dotfiles: "allow", cacheControl: false });
  });
  return router;
}

const NOT_BUILT_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sweepyard</title></head>
<body>
<h1>The dashboard is not built</h1>
<p>Run <code>pnpm --filter @sweepyard/dashboard build</code>, or set DASHBOARD_DIR to a folder that
has it. The API works meanwhile: see <a href="/docs">/docs</a>.</p>
</body>
</html>
`;
