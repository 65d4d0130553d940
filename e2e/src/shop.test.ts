import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { zipSync } from "fflate";
import pg from "pg";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type ApiSystem, startApiSystem } from "../apiSystem.js";
import { REPOSITORY_ROOT } from "../faults/repositoryRoot.js";
import { findChromium, openBrowser } from "./chromium.js";
import { complaintsOf } from "./complaintsOf.js";
import { STRIPES_CLASSES, STRIPES_SIDE, stripes } from "./stripes.js";
import { violations } from "./violations.js";

/**
 * examples/shop beside real stores, workers and a promoted model, over HTTP and in a browser. One
 * file, though long: bringing all of that up takes as long as most of the tests.
 */

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;
const MODEL = "stripes";
const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const LIT = 200;
const NEVER = "3600";

let system: ApiSystem;
let pool: pg.Pool;
let shop: { readonly url: string; readonly child: ChildProcess };
/** Between what the model says of the clear photos and of the most doubtful. */
let threshold = 0;
let doubtful: Buffer;

/**
 * Lit on the left by `left` and on the right by `right`, 0 to 255, on black: of the model's size, so
 * that nothing is trimmed off it.
 */
const photo = (left: number, right: number) => {
  const pixels = Uint8Array.from({ length: STRIPES_SIDE ** 2 }, (_, i) => {
    const [x, y] = [i % STRIPES_SIDE, Math.floor(i / STRIPES_SIDE)];
    if ([x, y].some((at) => at === 0 || at === STRIPES_SIDE - 1)) return 0;
    return x < STRIPES_SIDE / 2 ? left : right;
  });
  return sharp(pixels, { raw: { width: STRIPES_SIDE, height: STRIPES_SIDE, channels: 1 } })
    .png()
    .toBuffer();
};

async function startShop(changes: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(REPOSITORY_ROOT, "examples/shop/dist/main.js")], {
    env: {
      ...process.env,
      SWEEPYARD_URL: system.url,
      SWEEPYARD_API_KEY: system.key,
      SHOP_DATABASE_URL: system.postgresUrl,
      SHOP_MODEL: MODEL,
      SHOP_PORT: "0",
      SHOP_REVIEW_BELOW: String(threshold),
      SHOP_TAG_GROUPS: JSON.stringify({ lit: STRIPES_CLASSES }),
      SHOP_POLL_SECONDS: NEVER,
      ...changes,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /open at (\S+)/.exec(line)?.[1];
    if (url !== undefined) return { url, child };
  }
  throw new Error("the shop did not start");
}

async function stopShop(signal: NodeJS.Signals = "SIGTERM") {
  if (shop.child.exitCode !== null || shop.child.signalCode !== null) return;
  const ended = once(shop.child, "exit");
  shop.child.kill(signal);
  await ended;
}

const get = async (path: string) => (await fetch(`${shop.url}${path}`)).text();

function post(path: string, body: BodyInit = new URLSearchParams(), headers = {}) {
  return fetch(`${shop.url}${path}`, { method: "POST", body, headers, redirect: "manual" });
}

const file = (bytes: Uint8Array) => new Blob([Uint8Array.from(bytes)], { type: "image/png" });

async function offer(title: string, bytes: Uint8Array, more: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ title, seller: "Ada", ...more }))
    form.set(name, value);
  form.set("photo", file(bytes), "photo.png");
  return post("/items", form);
}

function offerArchive(archive: Uint8Array) {
  const form = new FormData();
  form.set("seller", "Bob");
  form.set("archive", file(archive), "photos.zip");
  return post("/archives", form);
}

const items = async () =>
  (
    await pool.query<{
      id: string;
      title: string;
      state: string;
      category: string | null;
      confidence: number | null;
      tags: Record<string, number>;
    }>("select id, title, state, category, confidence, tags from shop.items order by title")
  ).rows;

const itemCalled = async (title: string) => {
  const found = (await items()).find((item) => item.title === title);
  if (found === undefined) throw new Error(`there is no item ${title}`);
  return found;
};

/** Counts from now on how often each item is tagged. */
async function countTaggings(): Promise<() => Promise<Map<string, number>>> {
  await pool.query(`drop table if exists tagged; create table tagged (id uuid);
    create or replace function count_tagging() returns trigger language plpgsql as
      'begin insert into public.tagged values (new.id); return new; end';
    create or replace trigger count_tagging after update of tagging_id on shop.items
      for each row execute function count_tagging()`);
  return async () => {
    const { rows } = await pool.query<{ id: string; times: number }>(
      "select id, count(*)::int as times from tagged group by id",
    );
    return new Map(rows.map(({ id, times }) => [id, times]));
  };
}

/** Whoever tags an item waits, once so many are tagged, until it is released. */
async function holdAfter(count: number): Promise<() => void> {
  const holder = await pool.connect();
  await holder.query("select pg_advisory_lock(77)");
  await holder.query(`create or replace function shop.hold() returns trigger language plpgsql as
      'begin if (select count(*) from public.tagged) >= ${count} then perform pg_advisory_xact_lock(77); end if;
       return new; end';
    create or replace trigger hold before update of tagging_id on shop.items
      for each row execute function shop.hold()`);
  return () => holder.release(true); // the connection ends, and its lock with it
}

/** Until so many of the shop's connections wait for a lock. */
async function waiting(connections: number): Promise<void> {
  const isSo = async () => {
    const { rows } = await pool.query(
      `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
       and query ~ '(update items|from taggings)'`,
    );
    expect(rows).toHaveLength(connections);
  };
  await vi.waitFor(isSo, { timeout: 60_000, interval: 50 });
}

async function taggingsDone(): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await pool.query("select id, state, why from shop.taggings");
      expect(rows.filter(({ state }) => state !== "completed")).toEqual([]);
    },
    { timeout: 60_000, interval: 50 },
  );
}

beforeAll(async () => {
  vi.stubEnv("WEBHOOK_PRIVATE_ADDRESSES", "allow");
  system = await startApiSystem();
  pool = new pg.Pool({ connectionString: system.postgresUrl });
  await system.startWorker();
  const { client } = system;
  const files = Object.entries(stripes()).map(([part, bytes]) => [part, file(bytes)]);
  const idx = Object.fromEntries(files) as Record<keyof ReturnType<typeof stripes>, Blob>;
  await client.datasets.create({ name: "stripes", classNames: STRIPES_CLASSES, ...idx });
  const { id } = await client.runs.create({
    plan: {
      data: { dataset: "stripes" },
      model: { template: "mlp", depth: 1, units: 8 },
      batch_size: 16,
      epochs: 30,
      optimizer: { class_name: "Adam", learning_rate: 0.01 },
    },
  });
  const isDone = async () => expect((await client.runs.get(id)).state).toBe("completed");
  await vi.waitFor(isDone, { timeout: 60_000, interval: 50 });
  await client.runs.promote(id, { model: MODEL });
  const confidence = async (bytes: Uint8Array) => {
    const kept = await sharp(bytes).webp({ quality: 90 }).toBuffer(); // as the shop keeps it
    const blob = new Blob([Uint8Array.from(kept)], { type: "image/webp" });
    const answer = await client.models.predictImage(MODEL, blob);
    return answer.task === "classification" ? (answer.predictions[0]?.[0]?.probability ?? 0) : 0;
  };
  const clear = [await confidence(await photo(LIT, 0)), await confidence(await photo(0, LIT))];
  let least = 1;
  for (let right = 0; right <= LIT; right += 5) {
    const bytes = await photo(LIT - right, right);
    const sure = await confidence(bytes);
    if (sure < least) doubtful = bytes;
    least = Math.min(least, sure);
  }
  threshold = (least + Math.min(...clear)) / 2;
  shop = await startShop();
});

afterAll(async () => {
  if (shop !== undefined) await stopShop();
  await pool?.end();
  await system?.close();
  vi.unstubAllEnvs();
});

test("a photo is tagged as it comes in; a doubtful one is reviewed before shoppers see it", async () => {
  const clear = await offer("Red lamp", await photo(LIT, 0), { description: "for the desk" });
  expect(clear.status).toBe(303);
  expect(await get(clear.headers.get("location") ?? "")).toContain("Shoppers see it.");
  await offer("Grey lamp", doubtful);
  expect(await itemCalled("Red lamp")).toMatchObject({ state: "shown", category: "left" });
  expect((await itemCalled("Red lamp")).tags.lit).toBeCloseTo(1, 5);
  expect((await itemCalled("Grey lamp")).state).toBe("review");
  expect(await get("/review")).toContain("Grey lamp");
  expect(await get("/")).not.toContain("Grey lamp");
});

test("an archive is tagged by a batch, and the webhook alone has its results applied", async () => {
  const photos: Record<string, Uint8Array> = {};
  for (let i = 0; i < 6; i++)
    photos[`new/striped_lamp-${i}.png`] = await photo(i % 2 ? 0 : LIT, i % 2 ? LIT : 0);
  photos["notes.txt"] = Buffer.from("no picture");
  photos["../../evil.png"] = await photo(LIT, 0);
  expect((await offerArchive(zipSync(photos))).status).toBe(303);
  await taggingsDone();
  const striped = (await items()).filter(({ title }) => title.startsWith("striped lamp"));
  expect(striped.map(({ category }) => category)).toEqual(
    striped.map((_, i) => STRIPES_CLASSES[i % 2]),
  );
  expect(await itemCalled("evil")).toMatchObject({ state: "shown" });
  expect(await get("/taggings")).toContain("notes.txt: the photo is no picture");
});

test("shoppers search by words, filter by category and tag, and see counts", async () => {
  const titles = async (query: string) => {
    const page = await get(`/?${query}`);
    return [...page.matchAll(/class="title">([^<]*)</g)].map(([, title]) => title).sort();
  };
  expect(await titles("q=lamps+desk")).toEqual(["Red lamp"]);
  expect(await titles("q=striped&category=right")).toEqual(
    [1, 3, 5].map((i) => `striped lamp ${i}`),
  );
  expect(await titles("q=striped&category=right&tag=left")).toEqual([]);
  expect(await titles(`q=${encodeURIComponent(`"' & | ! :* \0 ${HOSTILE}`)}`)).toEqual([]);
  const page = await get("/?q=striped&category=right");
  expect(page.replace(/\s+/g, " ")).toContain('>left</a> <span class="muted">3</span>');
  expect(page.replace(/\s+/g, " ")).toContain('>lit</a> <span class="muted">3</span>');
});

test("corrections become a data set's next version, on which a run trains", async () => {
  const wrong = await post("/items/nothing/category", new URLSearchParams({ category: "left" }));
  expect(wrong.status).toBe(404);
  const early = await post("/corrections/dataset");
  expect([early.status, await early.text()]).toEqual([
    422,
    expect.stringContaining("two items of each"),
  ]);
  for (const item of await items()) {
    const right = /[135]$/.test(item.title) || item.title === "Grey lamp";
    const body = new URLSearchParams({ category: right ? "right" : "left", back: "review" });
    expect((await post(`/items/${item.id}/category`, body)).headers.get("location")).toBe(
      "/review",
    );
  }
  expect(await get("/review")).toContain("Nothing is doubtful.");
  expect(await itemCalled("Grey lamp")).toMatchObject({
    ...{ state: "shown", category: "right", confidence: null, tags: { right: 1, lit: 1 } },
  });
  const made = await (await post("/corrections/dataset")).text();
  expect(made).toContain("Data set shop-corrections, version 1, has 9 rows");
  expect(made).toContain("0 of them are in no data set yet");
  const { client } = system;
  const dataset = await client.datasets.get("shop-corrections");
  const facts = { classNames: STRIPES_CLASSES, inputShape: [STRIPES_SIDE, STRIPES_SIDE] };
  expect(dataset).toMatchObject({ ...facts, version: 1 });
  expect(dataset.trainRows + dataset.testRows).toBe(9);
  const red = await itemCalled("Red lamp");
  await post(`/items/${red.id}/category`, new URLSearchParams({ category: "right" }));
  expect(await (await post("/corrections/dataset")).text()).toContain("version 2, has 9 rows");
  const plan = {
    data: { dataset: "shop-corrections" },
    model: { template: "mlp" as const },
    epochs: 1,
  };
  const { id } = await client.runs.create({ plan });
  const isDone = async () => expect((await client.runs.get(id)).state).toBe("completed");
  await vi.waitFor(isDone, { timeout: 60_000, interval: 50 });
});

test("hostile words and files are shown as words, or refused in words", async () => {
  const { status, headers } = await offer(HOSTILE, await photo(0, LIT));
  expect(status).toBe(303);
  const page = await get(headers.get("location") ?? "");
  expect(page).not.toMatch(/<script|<img src=x/);
  expect(page).toContain("&#60;script&#62;");
  const refused = async (answer: Response, code: number, words: RegExp) => {
    expect(answer.status).toBe(code);
    expect(await answer.text()).toMatch(words);
  };
  await refused(await offer("text", Buffer.from("no picture")), 415, /is no picture/);
  const png = await photo(0, LIT);
  const large = await sharp(png).resize(400).png().toBuffer();
  await refused(
    await offer("cut", large.subarray(0, Math.floor(large.length / 2))),
    415,
    /is damaged/,
  );
  await refused(
    await offer(
      "svg",
      Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
    ),
    415,
    /is svg/,
  );
  await refused(await offer("", png), 422, /the title is missing/);
  await refused(await offer("none", new Uint8Array()), 415, /is empty/);
  await refused(await offerArchive(Buffer.from("no zip")), 415, /is no zip/);
  await refused(await offerArchive(zipSync({})), 422, /is empty/);
  const bomb = zipSync({ "bomb.png": new Uint8Array(40_000_000) }, { level: 9 });
  await refused(await offerArchive(bomb), 422, /bomb.png: is larger than 12 MB/);
  await refused(await offer("large", new Uint8Array(12_000_001)), 413, /larger than 12 MB/);
  await refused(await post("/items", "{}", { "content-type": "text/plain" }), 400, /form/);
  await refused(await fetch(`${shop.url}/items/%ff`), 400, /./);
  await refused(await fetch(`${shop.url}/nowhere`), 404, /no such page/);
  await refused(
    await post("/taggings", undefined, { origin: "https://evil.example" }),
    403,
    /another site/,
  );
  const { rows } = await pool.query("select count(*)::int from shop.items");
  expect(rows[0]?.count).toBe(10);
});

describe.skipIf(findChromium() === null)("in a browser", () => {
  test("every page is accessible, light and dark, and breaks no rule of its policy", async () => {
    await offer("Another grey lamp", doubtful);
    const browser = await openBrowser(findChromium() ?? "");
    try {
      const page = await browser.context.newPage();
      const complaints = complaintsOf(page);
      const { id } = await itemCalled("Red lamp");
      for (const path of ["/", "/?q=lamp", "/sell", `/items/${id}`, "/review", "/taggings"]) {
        await page.goto(`${shop.url}${path}`);
        for (const [colorScheme, width] of [
          ["light", 1200],
          ["dark", 360],
        ] as const) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(wide, `${path}, ${width} px`).toBeLessThanOrEqual(width);
          expect(await violations(page), `${path}, ${colorScheme}`).toEqual([]);
        }
      }
      await page.goto(`${shop.url}/review`);
      await page.getByLabel("It is").first().selectOption("left");
      await page.getByRole("button", { name: /^Save/ }).first().click();
      await page.getByText("Nothing is doubtful.").waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

describe("a webhook whose secret the test knows", () => {
  beforeAll(async () => {
    await stopShop();
    shop = await startShop({ SHOP_WEBHOOK_SECRET: SECRET });
    for (let i = 0; i < 3; i++) await offer(`Blue lamp ${i}`, await photo(0, LIT));
  });
  afterEach(() =>
    pool.query(`drop trigger if exists count_tagging on shop.items;
      drop trigger if exists hold on shop.items`),
  );

  const hook = (event: unknown, changes: { secret?: string; time?: number; id?: string } = {}) => {
    const { secret = SECRET, time = Math.floor(Date.now() / 1000), id = randomUUID() } = changes;
    const body = JSON.stringify(event);
    const hmac = createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"));
    const signature = hmac.update(`${id}.${time}.${body}`).digest("base64");
    return post("/hooks/sweepyard", body, {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(time),
      "webhook-signature": `v1,${signature}`,
    });
  };

  test("delivered twice it applies once; forged or old it applies nothing", async () => {
    const timesTagged = await countTaggings();
    expect((await post("/taggings")).status).toBe(303);
    expect((await post("/taggings")).status).toBe(409);
    const submitted = async () => {
      const { rows } = await pool.query(
        "select batch_id from shop.taggings order by id desc limit 1",
      );
      return system.client.batches.get(rows[0].batch_id);
    };
    const ended = async () => {
      const batch = await submitted();
      expect(batch.state).toBe("completed");
      return batch;
    };
    const batch = await vi.waitFor(ended, { timeout: 60_000, interval: 50 });
    const event = { type: "batch.completed", timestamp: new Date().toISOString(), data: { batch } };
    const forged = `whsec_${randomBytes(32).toString("base64")}`;
    expect((await hook(event, { secret: forged })).status).toBe(401);
    expect((await hook(event, { time: Math.floor(Date.now() / 1000) - 600 })).status).toBe(401);
    expect((await post("/hooks/sweepyard", JSON.stringify(event))).status).toBe(401);
    expect(await timesTagged()).toEqual(new Map());
    const id = randomUUID();
    const answers = await Promise.all([hook(event, { id }), hook(event, { id }), hook(event)]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    await taggingsDone();
    expect((await hook(event, { id })).status).toBe(204);
    const expected = (await items()).filter(({ confidence }) => confidence !== null);
    // What a person has said is not tagged anew.
    expect(await timesTagged()).toEqual(new Map(expected.map((item) => [item.id, 1])));
    expect(await itemCalled("Red lamp")).toMatchObject({ category: "right", confidence: null });
  });

  test("two processes of the shop that apply the same results tag each item once", async () => {
    await stopShop();
    const polling = { SHOP_WEBHOOK_SECRET: SECRET, SHOP_POLL_SECONDS: "0.1" };
    shop = await startShop(polling);
    const timesTagged = await countTaggings();
    const release = await holdAfter(0);
    const second = await startShop(polling);
    const ended = once(second.child, "exit");
    try {
      expect((await offerArchive(zipSync({ "pair.png": await photo(LIT, 0) }))).status).toBe(303);
      await waiting(2); // both have the results: one applies them, the other is about to
    } finally {
      release();
    }
    await taggingsDone();
    await waiting(0);
    second.child.kill("SIGTERM"); // what it is at, it does first
    await ended;
    expect([...(await timesTagged()).values()]).toEqual([1]);
  });

  test("a shop killed half-way through a batch goes on, and each item is tagged once", async () => {
    await stopShop();
    const polling = { SHOP_WEBHOOK_SECRET: SECRET, SHOP_POLL_SECONDS: "0.1" };
    shop = await startShop(polling);
    const timesTagged = await countTaggings();
    const photos: Record<string, Uint8Array> = {};
    for (let i = 0; i < 200; i++) photos[`heap ${i}.png`] = await photo(100 + (i % 100), 0);
    // The first piece of 100 results is applied; whoever applies the second waits in it.
    const release = await holdAfter(100);
    try {
      expect((await offerArchive(zipSync(photos))).status).toBe(303);
      await waiting(1);
      expect((await timesTagged()).size).toBe(100);
      await stopShop("SIGKILL");
    } finally {
      release();
    }
    shop = await startShop(polling);
    await taggingsDone();
    const times = await timesTagged();
    expect(times.size).toBe(200);
    expect([...times.values()].filter((count) => count !== 1)).toEqual([]);
    expect((await items()).filter(({ state }) => state === "waiting")).toEqual([]);
  });

  test("a shop killed before it asked for tags, or just after, asks once", async () => {
    await stopShop("SIGKILL");
    const before = (await system.client.batches.list()).items.length;
    // As it was left: an item that nothing is to tag, and a tagging whose batch it did not note.
    const { rows } = await pool.query<{ id: string }>(
      `update shop.items set state = 'waiting', tagging_id = 0 where title like 'Blue lamp%' returning id`,
    );
    expect(rows).toHaveLength(3);
    await pool.query("delete from shop.tagging_items where item_id = any($1)", [
      rows.map(({ id }) => id),
    ]);
    await pool.query(`update shop.taggings set state = 'waiting', batch_id = null, next_index = 0
      where id = (select max(id) from shop.taggings)`);
    shop = await startShop({ SHOP_WEBHOOK_SECRET: SECRET, SHOP_POLL_SECONDS: "0.1" });
    await taggingsDone();
    expect((await system.client.batches.list()).items.length).toBe(before + 1);
    for (const { title, state } of await items())
      if (title.startsWith("Blue lamp")) expect(state).not.toBe("waiting");
  });
});
