import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";

/** What `npm start` writes while Sweepyard runs. */
const Connection = z.object({ url: z.string(), apiKey: z.string(), databaseUrl: z.string() });
const REPOSITORY_ROOT = resolve(import.meta.dirname, "..", "..", "..");
const share = z.coerce.number().min(0).max(1);

const Settings = z.object({
  SWEEPYARD_URL: z.url(),
  /** With scopes predict and submit; with admin, too, the shop sets up its webhook itself. */
  SWEEPYARD_API_KEY: z.string().min(1),
  /** The shop's database; it keeps to its own schema, `shop`. */
  SHOP_DATABASE_URL: z.string().min(1),
  SHOP_MODEL: z.string().min(1).default("fashion-mnist"),
  /** The data set that corrections become versions of. */
  SHOP_DATASET: z.string().min(1).default("shop-corrections"),
  SHOP_HOST: z.string().min(1).default("127.0.0.1"),
  SHOP_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  /** Where Sweepyard reaches the shop; absent: the address it listens at. */
  SHOP_URL: z.url().optional(),
  /** Of a webhook that was set up by hand. */
  SHOP_WEBHOOK_SECRET: z.string().min(1).optional(),
  /** A category of less confidence is looked at by a person. */
  SHOP_REVIEW_BELOW: share.default(0.8),
  /** Tags of less confidence are left out. */
  SHOP_TAG_FROM: share.default(0.3),
  /** Tags that stand for several classes: {"shoes": ["Sandal", "Sneaker"]}. */
  SHOP_TAG_GROUPS: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: "is no JSON" });
        return z.NEVER;
      }
    })
    .pipe(z.record(z.string(), z.array(z.string())))
    .default({
      shoes: ["Sandal", "Sneaker", "Ankle boot"],
      tops: ["T-shirt/top", "Pullover", "Shirt"],
      "long sleeves": ["Pullover", "Coat", "Shirt"],
    }),
  SHOP_POLL_SECONDS: z.coerce.number().min(0.05).max(3600).default(5),
  SHOP_MAX_PHOTO_MB: z.coerce.number().positive().default(12),
  SHOP_MAX_ARCHIVE_MB: z.coerce.number().positive().default(200),
});
export type Settings = z.infer<typeof Settings>;
export type SettingsInput = Partial<Record<keyof Settings, string>>;

/**
 * The environment over what a started Sweepyard beside the shop says of itself.
 * @throws {Error} naming each setting that is missing or wrong.
 */
export function readSettings(env: NodeJS.ProcessEnv | SettingsInput): Settings {
  const own = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const complete = own.SWEEPYARD_URL !== undefined && own.SHOP_DATABASE_URL !== undefined;
  const parsed = Settings.safeParse(
    { ...(complete ? {} : findStarted()), ...own },
    { reportInput: true },
  );
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message, input }) =>
    input === undefined ? `  ${path.join(".")} is missing` : `  ${path.join(".")}: ${message}`,
  );
  throw new Error(
    `the shop needs a Sweepyard that npm start has started beside it, or these settings put right:\n${wrong.join("\n")}`,
  );
}

function findStarted(): SettingsInput {
  const home = resolve(process.env.SWEEPYARD_HOME || resolve(REPOSITORY_ROOT, ".sweepyard"));
  try {
    const text = readFileSync(resolve(home, "connection.json"), "utf8");
    const { url, apiKey, databaseUrl } = Connection.parse(JSON.parse(text));
    return { SWEEPYARD_URL: url, SWEEPYARD_API_KEY: apiKey, SHOP_DATABASE_URL: databaseUrl };
  } catch {
    return {}; // none is started: what is missing is told by name
  }
}
