import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Client, createClient } from "@sweepyard/client";
import { Command, sharedDownloads, temporaryHome } from "../src/system.js";

export interface Target {
  readonly url: string;
  readonly client: Client;
  /** A link that signs one browser in. */
  loginLink(): Promise<string>;
  /** Ends what was started for it. */
  release(): Promise<void>;
}

/** Enough for curves that bend, and soon over. */
const EPOCHS = "4";

/** The system that the environment names, or one of its own with the example's sweep trained. */
export async function useTarget(say: (line: string) => void): Promise<Target> {
  const { SWEEPYARD_URL: url, SWEEPYARD_API_KEY: apiKey } = process.env;
  if (url !== undefined && apiKey !== undefined) return targetAt(url, apiKey, async () => {});
  const home = await temporaryHome();
  const env = { SWEEPYARD_HOME: home.path, ...sharedDownloads };
  const system = new Command(["start", "--epochs", EPOCHS], env);
  const release = async () => {
    await system.stop("SIGINT");
    await home.remove();
  };
  try {
    say("starting a system and training the example's sweep…");
    await system.waitFor(/Serving at/);
    const connection = JSON.parse(await readFile(join(home.path, "connection.json"), "utf8")) as {
      url: string;
      apiKey: string;
    };
    const target = targetAt(connection.url, connection.apiKey, release);
    await promoteBest(target.client);
    return target;
  } catch (error) {
    await release();
    throw error;
  }
}

const targetAt = (url: string, apiKey: string, release: () => Promise<void>): Target => {
  const client = createClient({ baseUrl: url, apiKey });
  return {
    url,
    client,
    loginLink: async () => (await client.session.createLink()).url,
    release,
  };
};

/** Models and predictions have something to show only then. */
async function promoteBest(client: Client): Promise<void> {
  const best = await client.runs.best();
  await client.runs.promote(best.runId, {
    model: "fashion-mnist",
    reason: `best of its sweep, ${best.metric} ${best.value.toFixed(4)}`,
  });
}
