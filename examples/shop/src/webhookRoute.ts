import { verifyWebhook } from "@sweepyard/client";
import { AppError } from "@sweepyard/contract";
import express, { type RequestHandler } from "express";
import type { ShopDeps } from "./shopDeps.js";

/**
 * Sweepyard says that a batch has ended: its results are fetched at once, not at the next poll.
 * The signature is over the body's very bytes; five minutes are the most that clocks may differ.
 */
export function webhookRoute({ db, tagger, webhookSecret }: ShopDeps): RequestHandler[] {
  const receive: RequestHandler = async (req, res) => {
    const secret = webhookSecret();
    if (secret === null || !Buffer.isBuffer(req.body)) {
      res.sendStatus(401);
      return;
    }
    try {
      const message = { headers: req.headers, body: Uint8Array.from(req.body) };
      const { id, event } = await verifyWebhook(message, secret);
      const { rowCount } = await db.query(
        `with old as (delete from deliveries where received_at < now() - interval '7 days')
         insert into deliveries (id) values ($1) on conflict do nothing`,
        [id],
      );
      // One that is lost here, by a crash, is made up for by the poll.
      if (rowCount === 1 && event.type.startsWith("batch.")) tagger.wake();
      res.sendStatus(204);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // An event of a newer Sweepyard is signed, and of no use here.
      res.sendStatus(error.code === "unauthorized" ? 401 : 204);
    }
  };
  return [express.raw({ type: () => true, limit: "256kb" }), receive];
}
