import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import express, { type RequestHandler, Router } from "express";

/** The built dashboard: a single page that makes its own routes, so unknown pages get it too. */
export function dashboardRouter(dir: string): Router {
  const router = Router();
  router.use(
    "/assets",
    sendCompressed(join(dir, "assets")),
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

/** Files as the dashboard's build has compressed them, for browsers that take them so. */
function sendCompressed(assets: string): RequestHandler {
  return (req, res, next) => {
    const [name = "", query = ""] = req.url.split("?");
    // Asked one by one: browsers name gzip first, though they like both alike.
    const encoding = (["br", "gzip"] as const).find((each) => req.acceptsEncodings(each));
    const suffix = { br: ".br", gzip: ".gz" }[encoding ?? "br"];
    if (encoding === undefined || !/^\/[\w.-]+\.(js|css|svg)$/.test(name)) return next();
    res.vary("Accept-Encoding");
    if (!existsSync(join(assets, `${name}${suffix}`))) return next();
    res.type(extname(name)).set("Content-Encoding", encoding);
    req.url = `${name}${suffix}${query === "" ? "" : `?${query}`}`;
    next();
  };
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
