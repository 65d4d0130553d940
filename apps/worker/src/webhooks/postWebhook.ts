import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import type { ClaimedDelivery } from "@sweepyard/db";
import { addressesOf } from "./publicAddress.js";
import { signWebhook } from "./signWebhook.js";

export interface PostOptions {
  /** From the look-up of the name to the answer's head. */
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
}

export interface PostAnswer {
  readonly status: number;
  /** What the receiver asks for, in seconds; null: nothing. */
  readonly retryAfter: number | null;
}

/**
 * Posts a delivery, signed. No redirect is followed, and of the answer only the head is read.
 * @throws {Error} in words, if the address is not to be used or there is no answer in time.
 */
export async function postWebhook(
  { id, url, body, secrets }: Pick<ClaimedDelivery, "id" | "url" | "body" | "secrets">,
  { timeoutMs, allowPrivate }: PostOptions,
): Promise<PostAnswer> {
  const target = new URL(url);
  if (target.protocol !== "https:" && !allowPrivate)
    throw new Error("the address is not https: what is sent could be read on its way");
  const signal = AbortSignal.timeout(timeoutMs);
  const addresses = await addressesOf(target.hostname, { allowPrivate });
  // The addresses that were looked at, and no others. A literal one never gets here, and is itself.
  const lookup: LookupFunction = (_hostname, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, addresses);
    else done(null, first?.address ?? "", first?.family);
  };
  const timestamp = Math.floor(Date.now() / 1000);
  return new Promise((resolve, reject) => {
    const send = target.protocol === "https:" ? requestHttps : requestHttp;
    const sending = send(
      target,
      {
        method: "POST",
        lookup,
        signal,
        agent: false,
        headers: {
          ...signWebhook({ id, timestamp, body }, secrets),
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "Sweepyard-Webhooks/1",
        },
      },
      (answer) => {
        const seconds = Number(answer.headers["retry-after"]);
        const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null;
        resolve({ status: answer.statusCode ?? 0, retryAfter });
        answer.destroy();
      },
    );
    sending.on("error", (error) =>
      reject(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error),
    );
    sending.end(body);
  });
}
