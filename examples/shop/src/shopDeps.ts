import type { Client } from "@sweepyard/client";
import type { Database } from "./database.js";
import type { Settings } from "./settings.js";
import type { Tagger } from "./tagger.js";

export interface ShopDeps {
  readonly db: Database;
  readonly client: Client;
  readonly tagger: Tagger;
  readonly settings: Settings;
  readonly webhookSecret: () => string | null;
}
