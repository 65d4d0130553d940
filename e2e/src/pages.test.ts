import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiSystem, startApiSystem } from "../apiSystem.js";
import { seedSweep } from "../board/seedSweep.js";
import { type Browser, findChromium, openBrowser } from "./chromium.js";
import { complaintsOf } from "./complaintsOf.js";
import { STRIPES_CLASSES, stripes } from "./stripes.js";
import { violations } from "./violations.js";

const chromium = findChromium();
const HOSTILE = "<img src=x onerror=\"document.title='owned'\">";
/** Where pictures of each page go, for somebody to look at. */
const { PICTURES } = process.env;

/** Queue, workers, runs, data and models, with a worker that really trains. */
describe.skipIf(chromium === null)("the pages around a run", () => {
  let system: ApiSystem;
  let browser: Browser;
  let page: Page;
  let runId = "";
  let complaints: readonly string[] = [];

  beforeAll(async () => {
    system = await startApiSystem();
    await system.startWorker({ WORKER_NAME: "north" });
    browser = await openBrowser(chromium ?? "");
    page = await browser.context.newPage();
    complaints = complaintsOf(page);
    const { url } = await system.client.session.createLink();
    await page.goto(url);
    await heading("Overview").waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
  const region = (name: string | RegExp) => page.getByRole("region", { name });
  const drawn = (chart: string) =>
    page.locator(`[data-chart="${chart}"][data-drawn]`).first().waitFor();
  const open = async (path: string, title: string | RegExp) => {
    await page.goto(`${system.url}${path}`);
    await heading(title).waitFor();
  };
  const planOf = (epochs: number) => ({
    plan: {
      data: { dataset: "stripes" },
      model: { template: "mlp" as const, depth: 1, units: 8 },
      batch_size: 32,
      epochs,
    },
  });

  /** Light and dark, wide and narrow: axe finds nothing, and nothing sticks out. */
  async function inspect(name: string): Promise<void> {
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 360],
      ["light", 360],
      ["dark", 1440],
    ] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 900 });
      await page.getByRole("status", { name: "loading" }).first().waitFor({ state: "detached" });
      // From dark to light some colours fade: what is judged is what they come to.
      await page.evaluate(() =>
        Promise.allSettled(document.getAnimations().map(({ finished }) => finished)),
      );
      if (PICTURES !== undefined)
        await page.screenshot({
          path: `${PICTURES}/${name}-${width}-${colorScheme}.png`,
          fullPage: true,
        });
      expect(await violations(page), `${name}, ${colorScheme}, ${width} px`).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(overflow, `${name}, ${width} px`).toBeLessThanOrEqual(0);
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 900 });
  }

  async function completed(id: string): Promise<void> {
    await expect
      .poll(async () => (await system.client.runs.get(id)).state, { timeout: 60_000 })
      .toBe("completed");
  }

  test("a data set is uploaded in the browser, and one that is none is refused in words", async () => {
    await open("/datasets", "Data");
    await inspect("datasets-empty");
    await page.getByRole("button", { name: "Upload a data set" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What it is").selectOption("idx");
    await dialog.getByRole("button", { name: "Upload it" }).click();
    await dialog.getByText("is needed: choose a file").first().waitFor();
    await inspect("upload");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("stripes");
    await dialog.getByLabel("Names of the classes").fill(STRIPES_CLASSES.join(", "));
    const files = stripes();
    // In the order of the fields; a person opens them by the buttons that stand for them.
    const inputs = ["Training images", "Training labels", "Test images", "Test labels"];
    const choose = (label: string, name: string, buffer: Buffer) =>
      dialog
        .locator("input[type=file]")
        .nth(inputs.indexOf(label))
        .setInputFiles({ name, mimeType: "application/octet-stream", buffer });
    await choose("Training images", "words.txt", Buffer.from("these are no images"));
    await choose("Training labels", "train-labels", files.trainLabels);
    await choose("Test images", "test-images", files.testImages);
    await choose("Test labels", "test-labels", files.testLabels);
    await dialog.getByRole("button", { name: "Upload it" }).click();
    await dialog.getByRole("alert").waitFor();
    await choose("Training images", "train-images", files.trainImages);
    await dialog.getByRole("button", { name: "Upload it" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "stripes" }).waitFor();
    await page.getByRole("img", { name: /the first training images/ }).waitFor();
    await inspect("datasets");
  });

  test("a run's page tells its log, its files and the formats it can be had in", async () => {
    ({ id: runId } = await system.client.runs.create(planOf(3)));
    await completed(runId);
    await open(`/runs/${runId}`, /./);
    await region("Log")
      .getByText(/epoch 3\/3: loss/)
      .waitFor();
    const exports = region("Exports");
    await exports.getByText("not made yet").first().waitFor();
    await exports.getByRole("button", { name: "export and measure onnx" }).click();
    await exports.getByText(/measured on 40 test rows/).waitFor();
    await inspect("run");
  });

  test("a run is forked with other params, and a value that is none is told at its field", async () => {
    await open(`/runs/${runId}`, /./);
    await page.getByRole("button", { name: "Fork", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("longer");
    await dialog.getByLabel("epochs", { exact: true }).fill("many");
    await dialog.getByRole("button", { name: "Submit the fork" }).click();
    await dialog.getByRole("alert").waitFor();
    await inspect("fork");
    await dialog.getByLabel("epochs", { exact: true }).fill("4");
    await dialog.getByText("1 value changed").waitFor();
    await dialog.getByRole("button", { name: "Submit the fork" }).click();
    await heading(/longer/).waitFor();
    await page.getByText("4/4").first().waitFor({ timeout: 60_000 });
  });

  test("a worker is drained, a run waits and says why, and goes on once it resumes", async () => {
    await open("/workers", "Workers");
    await page.getByRole("button", { name: "Drain" }).click();
    await page.getByRole("radio", { name: /other workers at once/ }).check();
    await inspect("drain");
    await page.getByRole("button", { name: "Drain it" }).click();
    await page.getByText(/^drained, 0 of 1 slot busy/).waitFor();
    const { id } = await system.client.runs.create(planOf(2));
    await open("/queue", "Queue");
    await page.getByText(/all workers are draining/).waitFor();
    await region("Waiting runs").getByText("for a free slot").waitFor();
    await open("/workers", "Workers");
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Drain" }).waitFor();
    await completed(id);
    await drawn("worker-utilisation");
    await inspect("workers");
  });

  test("dead runs tell their last error, and are retried one by one and all together", async () => {
    await seedSweep(system.db, { runs: 4, epochs: 3, all: "failed", name: "broken" });
    const [worker] = (await system.client.workers.list()).items.filter(
      ({ name }) => name === "north",
    );
    await system.client.workers.drain(worker?.id ?? "");
    await open("/queue", "Queue");
    const dead = region("Dead runs");
    const retries = dead.getByRole("button", { name: /^retry run/ });
    await expect.poll(() => retries.count()).toBe(4);
    await inspect("queue");
    await retries.first().click();
    await expect.poll(() => retries.count()).toBe(3);
    await dead
      .getByRole("checkbox", { name: /^tick run/ })
      .first()
      .check();
    await dead.getByRole("button", { name: "Retry 1" }).click();
    await expect.poll(() => retries.count()).toBe(2);
    await dead.getByRole("button", { name: "Retry all" }).click();
    await page.getByRole("button", { name: "Retry them" }).click();
    await dead.getByText("No run has failed for good").waitFor();
    await drawn("queue-depth");
    await system.client.workers.resume(worker?.id ?? "");
  });

  test("Bull Board is shown within the page", async () => {
    await open("/queue", "Queue");
    await page.getByRole("button", { name: "Show here" }).click();
    const board = page.frameLocator('iframe[title="Bull Board"]');
    await board
      .getByText(/training/i)
      .first()
      .waitFor();
  });

  test("a drawing is classified by the server and by the browser itself, and they agree", async () => {
    await system.client.runs.promote(runId, { model: "stripes", reason: "the first" });
    await open("/models", "Models");
    const pad = page.getByLabel(/a square to draw on/);
    const box = await pad.boundingBox();
    if (box === null) throw new Error("the drawing pad is not on the page");
    await page.mouse.move(box.x + 20, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 60, box.y + box.height - 30, { steps: 6 });
    await page.mouse.up();
    await page.getByText(/They agree: the largest difference/).waitFor({ timeout: 60_000 });
    await page.getByRole("img", { name: /12 by 12 grey pixels/ }).waitFor();
    await inspect("models");
  });

  test("what the gates of a promotion found stands on the model's page", async () => {
    await system.client.models.setPolicy("stripes", { policy: { max_bytes: 1 } });
    await expect(system.client.runs.promote(runId, { model: "stripes" })).rejects.toThrow();
    await open("/models", "Models");
    const promotions = region("Promotions");
    await promotions.getByText(/the size of the \.onnx file in bytes is \d+/).waitFor();
    await promotions.getByText("(not passed)").waitFor();
    await inspect("models-promotions");
    await system.client.models.setPolicy("stripes", { policy: null });
  });

  test("a batch tells what could not be read, whatever it is called, and hands out its results", async () => {
    const image = Buffer.from("no picture").toString("base64");
    const items = [{ id: `${HOSTILE}.png`, image }];
    await system.client.batches.create("stripes", { items, name: HOSTILE });
    await open("/batches", "Batches");
    await page.getByText("1 of 1", { exact: true }).first().waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "1", exact: true }).click();
    await page.getByText(`${HOSTILE}.png`).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: /^results of / }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^batch-.*\.ndjson$/);
    await inspect("batches");
  });

  test("a webhook is registered, tried, and shows how that went", async () => {
    await open("/settings", "Settings");
    await page.getByLabel("Address").fill("https://hooks.invalid/sweepyard");
    await page.getByLabel("Description").fill(HOSTILE);
    await page.getByRole("button", { name: "Add the webhook" }).click();
    await page.getByText("The webhook’s secret, shown this once").waitFor();
    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByRole("cell", { name: "webhook.test", exact: true }).waitFor();
    await inspect("settings-webhooks");
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.getByText("Nobody is told of anything yet.").waitFor();
  });

  test("keys are made and revoked, and a project of its own", async () => {
    await open("/settings", "Settings");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("ci");
    await page.getByRole("button", { name: "Make the key" }).click();
    await page.getByText("The key “ci”, shown this once").waitFor();
    await page.getByRole("row", { name: /^ci / }).getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke it" }).click();
    await page.getByRole("row", { name: /^ci / }).waitFor({ state: "detached" });
    await page.getByLabel("Name of the project").fill("another-team");
    await page.getByRole("button", { name: "Make the project" }).click();
    await page.getByText("The first key of “another-team”, shown this once").waitFor();
    await inspect("settings");
  });

  test("hostile and very long words are words on every page", async () => {
    await system.startWorker({ WORKER_NAME: `${HOSTILE}${"w".repeat(60)}`.slice(0, 100) });
    await seedSweep(system.db, {
      runs: 3,
      epochs: 2,
      all: "failed",
      name: `${HOSTILE} ${"long ".repeat(30)}`,
      hostile: HOSTILE,
    });
    await system.client.keys.create({ name: `${HOSTILE} ${"k".repeat(50)}`, scopes: ["read"] });
    await system.client.runs.patch(runId, { note: HOSTILE, tags: [HOSTILE] });
    for (const path of [
      "/",
      "/queue",
      "/workers",
      "/models",
      "/batches",
      "/datasets",
      "/settings",
      "/runs",
      `/runs/${runId}`,
    ]) {
      await page.setViewportSize({ width: 360, height: 900 });
      await open(path, /./);
      await page.getByRole("status", { name: "loading" }).first().waitFor({ state: "detached" });
      expect(await page.locator('img[src="x"]').count(), path).toBe(0);
      expect(await page.title(), path).not.toBe("owned");
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(overflow, path).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await open("/", "Overview");
    await inspect("overview");
  });

  test("while the API is away each page says so, and goes on when it is back", async () => {
    await open("/queue", "Queue");
    await system.killApi();
    await page.getByText("reconnecting").first().waitFor();
    for (const name of ["Models", "Data", "Workers"]) {
      await page.getByRole("link", { name, exact: true }).first().click();
      await heading(name).waitFor();
      await page.getByRole("alert").first().waitFor();
    }
    await system.startApi();
    // What a person does who sees the button, unless the page has gone on by itself.
    const again = page.getByRole("button", { name: "Try again" }).first();
    await expect
      .poll(
        async () => {
          if (await again.isVisible()) await again.click({ timeout: 1_000 }).catch(() => {});
          return page.getByText("north").first().isVisible();
        },
        { timeout: 60_000 },
      )
      .toBe(true);
    await page.getByText("live", { exact: true }).first().waitFor();
  });

  test("without a session every page asks for a key", async () => {
    await browser.context.clearCookies();
    for (const path of ["/queue", "/workers", "/models", "/datasets", "/settings"]) {
      await page.goto(`${system.url}${path}`);
      await heading("Sign in").waitFor();
    }
  });

  test("nothing else was complained of than what was provoked", () => {
    // Bull Board asks for a font from outside, which its policy refuses; uploads and forks were wrong.
    const provoked = /font|status of (400|401|409|422)|ERR_|Failed to load resource/i;
    expect(complaints.filter((text) => !provoked.test(text))).toEqual([]);
  });
});
