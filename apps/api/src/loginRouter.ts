import { AppError } from "@sweepyard/contract";
import {
  authenticate as authenticateKey,
  consumeLoginLink,
  createSession,
  endSession,
} from "@sweepyard/db";
import express, { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { ApiDeps } from "./apiDeps.js";
import { requireSameOrigin, SESSION_COOKIE, sessionTokenOf } from "./auth.js";
import { LoginLimiter } from "./loginLimiter.js";
import { STALE_LINK_PAGE } from "./staleLinkPage.js";

const LogIn = z.strictObject({ key: z.string().min(1).max(200) });

/** Trades a one-time link or an API key for a session cookie, and ends sessions. */
export function loginRouter({ db, log, publicUrl }: ApiDeps): Router {
  const router = Router();
  const limiter = new LoginLimiter();

  const begin = async (res: Response, keyId: string) => {
    const { token, expiresAt } = await createSession(db, keyId);
    res.cookie(SESSION_COOKIE, token, { ...cookieOptions(publicUrl()), expires: expiresAt });
  };

  router.get("/login", async (req, res, next) => {
    const { token } = req.query;
    // Without a token it is the dashboard's log-in page. Programs that preview links send HEAD:
    // that must not use one up.
    if (typeof token !== "string" || token === "" || req.method === "HEAD") return next();
    const address = addressOf(req);
    limiter.check(address);
    const principal = await consumeLoginLink(db, token);
    if (principal === null) {
      limiter.failed(address);
      log.info({ address }, "a log-in link was refused");
      res.status(401).set("Cache-Control", "no-store").type("html").send(STALE_LINK_PAGE);
      return;
    }
    await begin(res, principal.keyId);
    res.set("Cache-Control", "no-store").redirect(303, "/");
  });

  const parseJson = express.json({ limit: "2kb" });
  const parseForm = express.urlencoded({ limit: "2kb", extended: false });
  router.post("/login", parseJson, parseForm, async (req, res) => {
    refuseOtherSites(req);
    const address = addressOf(req);
    limiter.check(address);
    const { key } = LogIn.parse(req.body ?? {});
    const principal = await authenticateKey(db, key.trim());
    if (principal === null) {
      limiter.failed(address);
      log.info({ address }, "a log-in was refused");
      throw new AppError("unauthorized", "the API key is unknown, expired or revoked", {
        errors: [{ path: "key", rule: "unknown_key", message: "is unknown, expired or revoked" }],
      });
    }
    await begin(res, principal.keyId);
    res.set("Cache-Control", "no-store");
    if (req.is("urlencoded")) res.redirect(303, "/");
    else res.status(204).end();
  });

  router.post("/logout", async (req, res) => {
    refuseOtherSites(req);
    const token = sessionTokenOf(req);
    if (token !== undefined) await endSession(db, token);
    res.clearCookie(SESSION_COOKIE, cookieOptions(publicUrl())).status(204).end();
  });
  return router;
}

const cookieOptions = (publicUrl: string) =>
  ({
    httpOnly: true,
    sameSite: "strict",
    secure: publicUrl.startsWith("https:"),
    path: "/",
  }) as const;

const addressOf = (req: Request): string => req.ip ?? req.socket.remoteAddress ?? "unknown";

/** curl sends neither header; a browser always sends one, and must be on our own page. */
function refuseOtherSites(req: Request): void {
  if (req.headers["sec-fetch-site"] !== undefined || req.headers.origin !== undefined)
    requireSameOrigin(req);
}
