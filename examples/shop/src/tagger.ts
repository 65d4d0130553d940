import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@sweepyard/client";
import { AppError, type BatchResult, type BatchView } from "@sweepyard/contract";
import { pack } from "tar-stream";
import { rememberClasses } from "./classes.js";
import { type Database, inTransaction } from "./database.js";
import type { Settings } from "./settings.js";
import {
  addTaggings,
  applyPrediction,
  applyResults,
  endTagging,
  openTaggings,
  type Tagging,
} from "./taggings.js";
import { requireClasses, tagsOf } from "./tagsOf.js";

/** Classes asked for: all of a model that has no more, since groups of them are added up. */
export const TOP_K = 100;
const PIECE = 100;
const HTTP_SECONDS = 60;

export interface TaggerDeps {
  readonly db: Database;
  readonly client: Client;
  readonly settings: Settings;
  /** Ends `work`, and what it asks for. */
  readonly stopping: AbortSignal;
}

interface Picture {
  readonly id: string;
  readonly webp: Buffer;
}

/**
 * Has items tagged by Sweepyard. What is to be done stands in Postgres; `work` does it, again and
 * again, so a shop that was killed goes on where it was.
 */
export class Tagger {
  readonly #db: Database;
  readonly #client: Client;
  readonly #settings: Settings;
  readonly #stopping: AbortSignal;
  #wake = new AbortController();

  constructor({ db, client, settings, stopping }: TaggerDeps) {
    this.#db = db;
    this.#client = client;
    this.#settings = settings;
    this.#stopping = stopping;
  }

  /** One new item, at once; where Sweepyard can't be asked now, with the next batch. */
  async tagOne(itemId: string, webp: Buffer): Promise<void> {
    const { SHOP_MODEL } = this.#settings;
    try {
      const blob = new Blob([Uint8Array.from(webp)], { type: "image/webp" });
      const signal = this.#deadline();
      const query = { top_k: TOP_K };
      const answer = await this.#client.models.predictImage(SHOP_MODEL, blob, query, { signal });
      const predictions = requireClasses(answer.predictions[0] ?? []);
      await rememberClasses(this.#db, predictions);
      await applyPrediction(this.#db, itemId, tagsOf(predictions, this.#settings));
    } catch (error) {
      console.error(`shop: item ${itemId} is tagged later: ${messageOf(error)}`);
      await addTaggings(this.#db, [itemId]);
      this.wake();
    }
  }

  /** There is something to do: not to wait for the next poll. */
  wake(): void {
    this.#wake.abort();
  }

  /** Does what is to be done, now and at every poll, until it is stopped. */
  async work(): Promise<void> {
    const signal = this.#stopping;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      try {
        for (const tagging of await openTaggings(this.#db)) {
          if (signal.aborted) return;
          await this.#advance(tagging);
        }
      } catch (error) {
        if (signal.aborted) return;
        console.error(`shop: tagging goes on in a while: ${messageOf(error)}`);
      }
      const woken = AbortSignal.any([signal, this.#wake.signal]);
      const ms = this.#settings.SHOP_POLL_SECONDS * 1000;
      await delay(ms, undefined, { signal: woken }).catch(() => {});
    }
  }

  async #advance(tagging: Tagging): Promise<void> {
    try {
      if (tagging.batchId === null) await this.#submit(tagging);
      else await this.#collect({ ...tagging, batchId: tagging.batchId });
    } catch (error) {
      // A model that is not there yet, or a key without the scope: said on the page, tried on request.
      if (!(error instanceof AppError) || isPassing(error)) throw error;
      await endTagging(this.#db, tagging, { state: "failed", why: error.message });
    }
  }

  /** Makes the batch, or finds the one that was made just before a crash. */
  async #submit({ id, name }: Tagging): Promise<void> {
    await inTransaction(this.#db, async (client) => {
      const { rowCount } = await client.query(
        "select 1 from taggings where id = $1 and batch_id is null and state = 'waiting' for update skip locked",
        [id],
      );
      if (rowCount === 0) return; // by another process of the shop
      const signal = this.#deadline();
      const { items: known } = await this.#client.batches.list({ limit: 1000 }, { signal });
      const made = known.find((candidate) => candidate.name === name);
      const pictures = made === undefined ? await this.#pictures(id) : [];
      if (made === undefined && pictures.length === 0) {
        await client.query(
          "update taggings set state = 'completed', ended_at = now() where id = $1",
          [id],
        );
        return; // tried again, and nothing was left to do
      }
      const batch = made ?? (await this.#create(pictures, name, signal));
      await client.query("update taggings set batch_id = $2, state = 'running' where id = $1", [
        id,
        batch.id,
      ]);
    });
  }

  /** Of the items that no later tagging, and not this one before it was tried again, has done. */
  async #pictures(id: number): Promise<readonly Picture[]> {
    const { rows } = await this.#db.query<Picture>(
      `select item_id as id, webp from tagging_items join items on id = item_id
       join pictures using (item_id) where tagging_items.tagging_id = $1 and items.tagging_id < $1
       order by item_id`,
      [id],
    );
    return rows;
  }

  async #create(
    pictures: readonly Picture[],
    name: string,
    signal: AbortSignal,
  ): Promise<BatchView> {
    const archive = pack();
    for (const { id, webp } of pictures) archive.entry({ name: id }, webp);
    archive.finalize();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const part of archive as AsyncIterable<Buffer>) parts.push(Uint8Array.from(part));
    const options = { name, top_k: TOP_K };
    const { SHOP_MODEL } = this.#settings;
    return this.#client.batches.createFromArchive(SHOP_MODEL, new Blob(parts), options, { signal });
  }

  /** Applies the results so far; asked for after the state, they are all when that is the end. */
  async #collect(tagging: Tagging & { batchId: string }): Promise<void> {
    const signal = this.#deadline();
    const batch = await this.#client.batches.get(tagging.batchId, { signal });
    const query = { from: tagging.applied };
    let piece: BatchResult[] = [];
    for await (const result of this.#client.batches.results(batch.id, query, { signal })) {
      piece.push(result);
      if (piece.length < PIECE) continue;
      await applyResults(this.#db, tagging, piece, this.#settings);
      piece = [];
    }
    await applyResults(this.#db, tagging, piece, this.#settings);
    if (batch.state === "completed")
      await endTagging(this.#db, tagging, { state: "completed", why: null });
    else if (batch.state === "failed" || batch.state === "cancelled")
      await endTagging(this.#db, tagging, {
        state: "failed",
        why: `the batch was ${batch.state}: ${batch.stateReason ?? "no reason given"}`,
      });
  }

  #deadline(): AbortSignal {
    return AbortSignal.any([this.#stopping, AbortSignal.timeout(HTTP_SECONDS * 1000)]);
  }
}

/** Asked again it may well be answered. */
const isPassing = ({ code }: AppError): boolean =>
  ["unavailable", "internal", "too_many_requests", "storage_full"].includes(code);

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
