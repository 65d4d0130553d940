import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ApiError } from "@sweepyard/client";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import helmet from "helmet";
import { classNames } from "./classes.js";
import { correctItem, countCorrections, makeCorrectionsDataset } from "./corrections.js";
import type { Html } from "./html.js";
import { getItem, getPicture, reviewQueue, SearchQuery, searchItems } from "./items.js";
import { cataloguePage } from "./pages/cataloguePage.js";
import { itemPage } from "./pages/itemPage.js";
import { errorPage } from "./pages/layout.js";
import { reviewPage } from "./pages/reviewPage.js";
import { sellPage } from "./pages/sellPage.js";
import { taggingsPage } from "./pages/taggingsPage.js";
import { receiveArchive, receiveItem } from "./receiveItems.js";
import type { ShopDeps } from "./shopDeps.js";
import { ShopError } from "./shopError.js";
import { listTaggings, retryTagging, tagCatalogue } from "./taggings.js";
import { webhookRoute } from "./webhookRoute.js";

/** The shop's pages. None has a script; what a page does is a form. */
export function createShop(deps: ShopDeps): Express {
  const { db, client, tagger, settings } = deps;
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders);
  app.use("/public", express.static(join(import.meta.dirname, "..", "public")));
  app.post("/hooks/sweepyard", ...webhookRoute(deps));
  app.use(sameSiteOnly);
  const form = express.urlencoded({ extended: false, limit: "16kb" });

  app.get("/", async (req, res) => {
    const query = SearchQuery.parse(req.query);
    send(res, cataloguePage(query, await searchItems(db, query)));
  });
  app.get("/sell", (_req, res) => {
    send(res, sellPage(settings.SHOP_MAX_PHOTO_MB, settings.SHOP_MAX_ARCHIVE_MB));
  });
  app.post("/items", async (req, res) => {
    const { id, webp } = await receiveItem(req, db, settings);
    await tagger.tagOne(id, webp);
    res.redirect(303, `/items/${id}`);
  });
  app.post("/archives", async (req, res) => {
    await receiveArchive(req, db, settings);
    tagger.wake();
    res.redirect(303, "/taggings");
  });
  app.get("/items/:id", async (req, res) => {
    send(res, itemPage(await getItem(db, req.params.id), await classNames(db)));
  });
  app.get("/pictures/:id", async (req, res) => {
    const webp = await getPicture(db, req.params.id);
    res.set("cache-control", "public, max-age=31536000, immutable").type("image/webp").send(webp);
  });
  app.post("/items/:id/category", form, async (req, res) => {
    const { id } = await getItem(db, String(req.params.id));
    const { category, back } = (req.body ?? {}) as Record<string, unknown>;
    await correctItem(db, id, String(category), settings);
    res.redirect(303, back === "review" ? "/review" : `/items/${id}`);
  });
  app.get("/review", async (_req, res) => {
    send(res, await review(""));
  });
  app.post("/corrections/dataset", async (_req, res) => {
    const { name, version, rows } = await makeCorrectionsDataset(db, client, settings);
    send(
      res,
      await review(
        `Data set ${name}, version ${version}, has ${rows} rows: a sweep may train on it.`,
      ),
    );
  });
  app.get("/taggings", async (_req, res) => {
    send(res, taggingsPage(await listTaggings(db)));
  });
  app.post("/taggings", async (_req, res) => {
    await tagCatalogue(db);
    tagger.wake();
    res.redirect(303, "/taggings");
  });
  app.post("/taggings/:id/retry", async (req, res) => {
    await retryTagging(db, Number(/^\d{1,9}$/.exec(req.params.id)?.[0] ?? 0));
    tagger.wake();
    res.redirect(303, "/taggings");
  });
  app.use((_req, _res, next) => next(new ShopError(404, "there is no such page")));
  app.use(sendError);

  const review = async (said: string): Promise<Html> =>
    reviewPage({
      ...(await reviewQueue(db)),
      classes: await classNames(db),
      corrections: await countCorrections(db),
      said,
    });
  return app;
}

const send = (res: express.Response, page: Html) => res.type("html").send(page.text);

const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      "default-src": ["'none'"],
      "img-src": ["'self'", "data:"],
      "style-src": ["'self'"],
      "form-action": ["'self'"],
      "base-uri": ["'none'"],
      "frame-ancestors": ["'none'"],
    },
  },
  // With none at all, browsers would send the shop's own forms from "null".
  referrerPolicy: { policy: "same-origin" },
  strictTransportSecurity: false, // whoever puts https before it says so there
});

/** Another site's page may not send the shop's forms. */
const sameSiteOnly: RequestHandler = (req, _res, next) => {
  const { origin, host } = req.headers;
  const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
  if (req.method === "GET" || req.method === "HEAD" || isOwn) next();
  else next(new ShopError(403, "this form was sent from another site"));
};

// Express knows error handlers by their four parameters; keep `_next`.
const sendError: ErrorRequestHandler = (error, req, res, _next) => {
  const { status, message } = explain(error);
  if (status >= 500) console.error(`shop: ${req.method} ${req.path}:`, error);
  res.status(status);
  send(res, errorPage(status === 404 ? "Not found" : "That did not work", message));
};

function explain(error: unknown): { status: number; message: string } {
  if (error instanceof ShopError) return error;
  if (error instanceof ApiError && error.status < 500)
    return { status: 422, message: `Sweepyard says: ${error.message}` };
  // Express' own, such as a body that is too large or an address that can't be decoded.
  const { status, message, expose } = error as {
    status?: number;
    message: string;
    expose?: boolean;
  };
  if (status !== undefined && status < 500 && expose !== false) return { status, message };
  return { status: 500, message: `an error on our side, noted as ${randomUUID().slice(0, 8)}` };
}
