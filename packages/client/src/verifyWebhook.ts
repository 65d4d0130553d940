import { AppError, SECRET_PREFIX, WebhookEvent } from "@sweepyard/contract";

export interface ReceivedWebhook {
  /** As they came; names in lower case, as Node and Fetch have them. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body's very bytes: JSON that was parsed and written again has another signature. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

export interface VerifyOptions {
  /** A message from further back, or further ahead, is refused: it may be an old one sent again. */
  readonly toleranceSeconds?: number;
  /** The present; for tests. */
  readonly now?: Date;
}

export interface VerifiedWebhook {
  /** The same in every attempt at one delivery: what was seen before need not be done again. */
  readonly id: string;
  readonly event: WebhookEvent;
}

const TOLERANCE_SECONDS = 300;

/**
 * Whether a webhook comes from who knows the secret, and what it tells. Runs in Node and wherever
 * else there is Web Crypto.
 * @param secret `whsec_…`, or several while one replaces another
 * @throws {AppError} `unauthorized` for a signature, time or header that is wrong or missing;
 *   `invalid_request` for an event that this version does not know.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function verifyWebhook(
  { headers, body }: ReceivedWebhook,
  secret: string | readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS, now = new Date() }: VerifyOptions = {},
): Promise<VerifiedWebhook> {
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const age = Math.abs(now.getTime() / 1000 - Number(timestamp));
  if (!/^\d{1,12}$/.test(timestamp) || age > toleranceSeconds)
    throw refuse(`it was sent at ${timestamp}, more than ${toleranceSeconds} s from now`);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const signed = concat(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const signatures = headerOf(headers, "webhook-signature")
    .split(" ")
    .filter((signature) => signature.startsWith("v1,"))
    .map((signature) => decodeBase64(signature.slice("v1,".length)));
  const secrets = typeof secret === "string" ? [secret] : secret;
  if (!(await isSigned(signed, signatures, secrets)))
    throw refuse("no signature is by the secret: is it this webhook's, and the body untouched?");
  const event = WebhookEvent.safeParse(parseJson(bytes));
  if (!event.success)
    throw new AppError("invalid_request", `the event is unknown: ${event.error.message}`);
  return { id, event: event.data };
}

async function isSigned(
  message: Uint8Array<ArrayBuffer>,
  signatures: readonly (Uint8Array<ArrayBuffer> | null)[],
  secrets: readonly string[],
): Promise<boolean> {
  for (const secret of secrets) {
    const bytes = secret.startsWith(SECRET_PREFIX)
      ? decodeBase64(secret.slice(SECRET_PREFIX.length))
      : null;
    if (bytes === null || bytes.length === 0)
      throw new AppError("invalid_request", `a secret is ${SECRET_PREFIX} and a key in base64`);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
    // Web Crypto compares in constant time.
    for (const signature of signatures)
      if (signature !== null && (await crypto.subtle.verify("HMAC", key, signature, message)))
        return true;
  }
  return false;
}

function headerOf(headers: ReceivedWebhook["headers"], name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : (headers as Readonly<Record<string, string | readonly string[] | undefined>>)[name];
  if (typeof value === "string" && value !== "") return value;
  throw refuse(`the header ${name} is missing`);
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

const refuse = (why: string): AppError =>
  new AppError("unauthorized", `the webhook is not to be trusted: ${why}`);
