import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@sweepyard/client";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pagesOf } from "../screenshots/pages.js";
import { type Browser, findChromium, openBrowser } from "./chromium.js";
import { complaintsOf } from "./complaintsOf.js";
import { Command, processesOf, sharedDownloads, temporaryHome } from "./system.js";
import { violations } from "./violations.js";

const chromium = findChromium();
if (chromium === null)
  console.warn("browser tests are left out: no chromium on the PATH and no CHROMIUM_PATH");

/** One system with the seed's sweep trained for one epoch, and one signed-in browser. */
describe.skipIf(chromium === null)("the dashboard on the real system", () => {
  let home: Awaited<ReturnType<typeof temporaryHome>>;
  let system: Command;
  let browser: Browser;
  let page: Page;
  let url = "";
  let complaints: readonly string[] = [];

  beforeAll(async () => {
    home = await temporaryHome();
    const env = { SWEEPYARD_HOME: home.path, ...sharedDownloads };
    system = new Command(["start", "--epochs", "1"], env);
    const [, link = ""] = await system.waitFor(/Log in once with: (\S+)/);
    url = new URL(link).origin;
    browser = await openBrowser(chromium ?? "");
    page = await browser.context.newPage();
    complaints = complaintsOf(page);
    await page.goto(link);
  });

  afterAll(async () => {
    await browser?.close();
    const stopped = await system?.stop("SIGINT");
    const left = home === undefined ? [] : await processesOf(home.path);
    await home?.remove();
    expect(stopped?.code).toBe(0);
    expect(left).toEqual([]);
  });

  const runTable = () => page.getByRole("region", { name: "table of runs" });
  const rows = () => runTable().getByRole("checkbox", { name: /^select (?!all)/ });
  const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });

  test("a one-time link signs in, once", async () => {
    await heading("Overview").waitFor();
    const [, link = ""] = await system.waitFor(/Log in once with: (\S+)/);
    const again = await fetch(link, { redirect: "manual" });
    expect(again.headers.get("set-cookie")).toBeNull();
  });

  test("the sweep's page follows its runs to the end without a reload", async () => {
    await page
      .getByRole("link", { name: /Fashion-MNIST/i })
      .first()
      .click();
    await page
      .getByText(/9 of 9 runs/)
      .first()
      .waitFor({ timeout: 150_000 });
    await expect.poll(() => rows().count()).toBe(9);
    await runTable().getByText("completed").first().waitFor();
  });

  test("a sweep is written in the form, looked at, and submitted", async () => {
    await page.getByRole("link", { name: "Sweeps", exact: true }).first().click();
    await page.getByRole("link", { name: "New sweep" }).click();
    await heading("New sweep").waitFor();
    await page.getByLabel("name", { exact: true }).fill("two rates");
    await page.getByLabel("epochs", { exact: true }).first().fill("1");
    await page.getByLabel("depth: hold it fixed").click();
    await page.getByLabel("depth", { exact: true }).fill("99");
    await page
      .getByText(/is to be at most 64/)
      .first()
      .waitFor();
    await page.getByLabel("depth", { exact: true }).fill("1");
    await page.getByLabel("units", { exact: true }).fill("16");
    await page.getByLabel("sampler", { exact: true }).selectOption("random");
    await page.getByLabel("runs", { exact: true }).fill("2");
    await page.getByText("12,730").first().waitFor(); // weights of one layer of 16 units
    const yaml = page.getByLabel("the sweep as YAML, to edit");
    await expect.poll(() => yaml.inputValue()).toMatch(/name: two rates/);
    await yaml.fill((await yaml.inputValue()).replace("runs: 2", "runs: 3"));
    await expect.poll(() => page.getByLabel("runs", { exact: true }).inputValue()).toBe("3");
    await page.getByRole("button", { name: "Submit the sweep" }).click();
    await heading("two rates").waitFor();
    await page
      .getByText(/3 of 3 runs/)
      .first()
      .waitFor({ timeout: 60_000 });
    await page.getByRole("link", { name: "Clone" }).click();
    await heading("New sweep, from two rates").waitFor();
    expect(await page.getByLabel("runs", { exact: true }).inputValue()).toBe("3");
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await page
      .getByRole("link", { name: /Fashion-MNIST/i })
      .first()
      .click();
    await expect.poll(() => rows().count()).toBe(9);
  });

  test("a filter that can't be read is explained under the field; one that can narrows the table", async () => {
    const field = page.getByRole("combobox", { name: "filter runs" });
    await field.fill("params.depth >");
    await page.getByText(/a value is expected/).waitFor();
    await field.fill("params.depth >= 2");
    await field.press("Enter");
    await expect.poll(() => rows().count(), { timeout: 10_000 }).toBe(6);
    await page.getByLabel("clear the filter").click();
    await expect.poll(() => rows().count(), { timeout: 10_000 }).toBe(9);
  });

  test("ticked runs are compared side by side", async () => {
    await rows().nth(0).check();
    await rows().nth(1).check();
    await page.getByRole("link", { name: "Compare", exact: true }).click();
    await heading(/compare/i).waitFor();
    // Only params that differ have a row, and which do is up to the two best runs.
    const differing = /^(depth|learning_rate)/;
    await page
      .getByRole("rowheader", { name: differing })
      .or(page.getByRole("cell", { name: differing }))
      .first()
      .waitFor();
    await page
      .getByRole("region", { name: "McNemar's test" })
      .getByText(/chance|the same rows/)
      .first()
      .waitFor();
    await page.goBack();
  });

  test("the best run shows its report and can be promoted", async () => {
    await page
      .getByRole("link", { name: /^run \d+|Fashion-MNIST.*\d+$/i })
      .first()
      .click();
    await page
      .getByText(/confusion matrix/i)
      .first()
      .waitFor();
    await page.getByText("T-shirt/top").first().waitFor();
    await page.getByRole("button", { name: /^Shirt taken for T-shirt\/top/ }).click();
    await page.getByRole("heading", { name: "Shirt taken for T-shirt/top" }).waitFor();
    await page
      .getByRole("img", { name: /^test row/ })
      .first()
      .waitFor();
    await page.getByRole("button", { name: "all errors" }).click();
    await page.getByRole("button", { name: "Promote" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Model").fill("clothes");
    await dialog.getByLabel("Reason").fill("best of the first sweep");
    await dialog.getByRole("button", { name: "Promote" }).click();
    await page.getByText(/clothes version 1/).waitFor();
  });

  test("a drawing is classified by the promoted model", async () => {
    await page.goto(`${url}/models`);
    await page.getByText("best of the first sweep").first().waitFor();
    const pad = page.getByLabel(/a square to draw on/);
    const box = await pad.boundingBox();
    if (box === null) throw new Error("the drawing pad is not on the page");
    await page.mouse.move(box.x + 30, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 30, box.y + box.height - 30, { steps: 8 });
    await page.mouse.up();
    await page.getByText(/clothes, version 1/).waitFor();
  });

  test("every page opens without an error of its own", async () => {
    for (const path of [
      "",
      "sweeps",
      "sweeps/new",
      "settings",
      "runs",
      "queue",
      "workers",
      "models",
      "datasets",
    ]) {
      await page.goto(`${url}/${path}`);
      await heading(/.+/).first().waitFor();
    }
    await page.goto(`${url}/no-such-page`);
    await heading("There is no such page").waitFor();
    expect(complaints).toEqual([]);
    // Bull Board asks for a font from outside, which the content security policy refuses it.
    await page.goto(`${url}/queues/`);
    await page
      .getByText(/training/i)
      .first()
      .waitFor();
  });

  test("the search palette goes to a sweep by keys alone", async () => {
    await page.goto(`${url}/queue`);
    await heading("Queue").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /a page, a sweep/ }).fill("two rates");
    await page.getByRole("option", { name: /^two rates/ }).waitFor();
    await page.keyboard.press("Enter");
    await heading("two rates").waitFor();
  });

  test("axe finds nothing on any page", async () => {
    const connection = JSON.parse(await readFile(join(home.path, "connection.json"), "utf8"));
    const client = createClient({ baseUrl: url, apiKey: connection.apiKey });
    for (const { name, path } of await pagesOf(client)) {
      await page.emulateMedia({ colorScheme: name.length % 2 === 0 ? "dark" : "light" });
      await page.goto(`${url}${path}`);
      await heading(/.+/).first().waitFor();
      await page.getByRole("status", { name: "loading" }).first().waitFor({ state: "detached" });
      expect(await violations(page), name).toEqual([]);
    }
  });

  test("without a key it asks for one, and says what is wrong with a bad one", async () => {
    await browser.context.clearCookies();
    await page.goto(`${url}/sweeps`);
    await heading("Sign in").waitFor();
    await page.getByLabel("API key").fill("swy_nonsense");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").or(page.getByText(/key/i)).first().waitFor();
    expect(await heading("Sign in").count()).toBe(1);
  });
});
