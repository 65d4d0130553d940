import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiSystem, startApiSystem } from "../apiSystem.js";
import { seedSweep } from "../board/seedSweep.js";
import { type Browser, findChromium, openBrowser } from "./chromium.js";
import { complaintsOf } from "./complaintsOf.js";
import { violations } from "./violations.js";

const chromium = findChromium();
const HOSTILE = "<img src=x onerror=\"document.title='owned'\">";

/** The page of a sweep, on sweeps written into the database: large, broken and hostile ones too. */
describe.skipIf(chromium === null)("a sweep's page", () => {
  let system: ApiSystem;
  let browser: Browser;
  let page: Page;
  let sweepId = "";
  let complaints: readonly string[] = [];

  beforeAll(async () => {
    system = await startApiSystem();
    sweepId = await seedSweep(system.db, { runs: 600, epochs: 12, live: true });
    browser = await openBrowser(chromium ?? "");
    page = await browser.context.newPage();
    complaints = complaintsOf(page);
    const { url } = await system.client.session.createLink();
    await page.goto(url);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  const open = async (id: string, search = "") => {
    await page.goto(`${system.url}/sweeps/${id}${search}`);
    await page.getByRole("heading", { name: "Best run" }).waitFor();
  };
  const drawn = (chart: string) => page.locator(`[data-chart="${chart}"][data-drawn]`).waitFor();
  const chips = () => page.getByRole("list", { name: "selection" });

  test("shows the answer without a click, and counts every run", async () => {
    await open(sweepId);
    await Promise.all(["history", "curves", "parallel"].map(drawn));
    await page
      .getByText(/all 600/)
      .first()
      .waitFor();
    const table = await page.getByRole("region", { name: "table of runs" }).boundingBox();
    expect(table?.y).toBeLessThan(800);
  });

  test("a brush on an axis filters the table and the other views, and a chip takes it back", async () => {
    await page.getByRole("button", { name: "axis depth: range and order" }).click();
    await page.getByLabel("from", { exact: true }).fill("3");
    await page.getByLabel("to", { exact: true }).fill("4");
    await page.getByRole("button", { name: "Keep these" }).click();
    await chips().getByText("params.depth >= 3").waitFor();
    await page.getByText(/of 600 fit the filter/).waitFor();
    expect(page.url()).toContain("params.depth");
    await page.reload();
    await chips().getByText("params.depth <= 4").waitFor();
    for (let left = 2; left > 0; left--)
      await chips()
        .getByRole("button", { name: /^remove/ })
        .first()
        .click();
    await chips().waitFor({ state: "detached" });
  });

  test("every view of all runs draws, and says of how many", async () => {
    for (const [tab, chart] of [
      ["Slice", "slice-learning_rate"],
      ["Contour", "contour"],
      ["Rank", "rank"],
      ["Distribution", "edf"],
      ["Timeline", "timeline"],
      ["Rungs", "rungs"],
      ["Parallel coordinates", "parallel"],
    ] as const) {
      await page.getByRole("tab", { name: tab }).click();
      await drawn(chart);
    }
  });

  test("a change that is told live is on the page without a reload", async () => {
    const { items } = await system.client.runs.list({ sweepId, state: ["running"], limit: 1 });
    const [run] = items;
    if (run === undefined) throw new Error("no run trains");
    const marks = page.locator('[data-chart="history"]');
    const before = Number(await marks.getAttribute("data-drawn"));
    await system.client.runs.patch(run.id, { excluded: "a look at live changes" });
    await expect
      .poll(async () => Number(await marks.getAttribute("data-drawn")), { timeout: 5_000 })
      .toBeGreaterThan(before);
    await page
      .getByText(/of 600 runs/)
      .first()
      .waitFor();
    await system.client.runs.patch(run.id, { excluded: null });
  });

  test("axe finds nothing, light and dark, wide and narrow", async () => {
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 360],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await open(sweepId);
      await Promise.all(["history", "curves", "parallel"].map(drawn));
      expect(await violations(page), `${colorScheme}, ${width} px`).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test("axe finds nothing with a dialog, a panel of options or the palette open", async () => {
    await open(sweepId);
    await Promise.all(["history", "curves", "parallel"].map(drawn));
    const opened = [
      () =>
        page
          .getByRole("button", { name: /so far|by run: data/ })
          .first()
          .click(),
      () => page.getByRole("button", { name: "Edit", exact: true }).click(),
      () => page.getByRole("button", { name: "Cancel", exact: true }).click(),
      () => page.getByRole("button", { name: "search", exact: true }).click(),
      () => page.getByRole("button", { name: "Views" }).click(),
      () => page.getByRole("button", { name: "axes and smoothing" }).click(),
      () => page.getByRole("button", { name: "axis depth: range and order" }).click(),
    ];
    for (const openIt of opened) {
      await openIt();
      await page.getByRole("dialog").first().waitFor();
      expect(await violations(page), String(openIt)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").first().waitFor({ state: "hidden" });
    }
  });

  test("axe finds nothing with a menu or a list of choices open, and keys work them", async () => {
    await open(sweepId);
    await Promise.all(["history", "curves", "parallel"].map(drawn));
    const filter = page.getByRole("combobox", { name: "filter runs" });
    const opened = [
      ["menu", () => page.getByRole("button", { name: "account" }).press("Enter")],
      ["menu", () => page.getByRole("button", { name: "Export", exact: true }).press("Enter")],
      ["dialog", () => page.getByRole("button", { name: "Columns" }).press("Enter")],
      ["listbox", () => filter.fill("params.opt")],
    ] as const;
    for (const [role, openIt] of opened) {
      await openIt();
      await page.getByRole(role).waitFor();
      expect(await violations(page), String(openIt)).toEqual([]);
      if (role === "listbox") continue;
      await page.keyboard.press("Escape");
      await page.getByRole(role).waitFor({ state: "hidden" });
    }
    // A completion is taken by keys, and the filter with it applied.
    await filter.press("ArrowDown");
    await filter.press("Enter");
    await expect.poll(() => filter.inputValue()).toBe("params.optimizer ");
    await filter.pressSequentially("= Adam");
    await filter.press("Enter");
    await chips().getByText("params.optimizer = Adam").waitFor();
  });

  test("a list of sweeps has a line of each one's best so far", async () => {
    await page.goto(`${system.url}/sweeps`);
    await page
      .getByRole("row", { name: /600 runs of 12 epochs/ })
      .getByRole("img", { name: /^Best val_accuracy so far: .* after \d+ improvements/ })
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test("a sweep is to promote its winner, and gets a second objective and a constraint by the form", async () => {
    await page.goto(`${system.url}/sweeps/new`);
    const text = page.getByLabel("the sweep as YAML, to edit");
    const shows = (part: RegExp) => expect.poll(() => text.inputValue()).toMatch(part);
    const promote = page.getByRole("switch", { name: /^Promote the best run/ });
    await promote.press("Space");
    await page.getByRole("combobox", { name: "model", exact: true }).last().fill("shapes");
    await shows(/promote:\n {2}model: shapes/);
    await page.getByRole("combobox", { name: "terminator" }).selectOption("stagnation");
    await shows(/terminator:\n {2}name: stagnation/);
    await page.getByRole("button", { name: "Add a constraint" }).click();
    await page.getByLabel("bound").fill("200000");
    await shows(/constraints:\n {2}- metric: model_bytes\n {4}op: <=\n {4}value: 200000/);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Add an objective" }).click();
    await page
      .getByText(/several have a front/)
      .first()
      .waitFor();
    await promote.press("Space");
    await shows(/objectives:\n {2}- metric: val_accuracy/);
  });

  test("a view is saved under a name, renamed, opened on another sweep, and deleted", async () => {
    await open(sweepId, `?filter=${encodeURIComponent("params.depth >= 3")}&group=optimizer`);
    const views = () => page.getByRole("button", { name: "Views" }).click();
    await views();
    await page.getByLabel("Save this view as").fill("deep ones");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "rename the view deep ones" }).click();
    await page.getByLabel("New name of “deep ones”").fill("depth 3 and more");
    await page.getByRole("button", { name: "Rename" }).click();
    const other = await seedSweep(system.db, { runs: 20, epochs: 3, name: "another" });
    await open(other);
    await views();
    await page.getByRole("button", { name: "depth 3 and more", exact: true }).click();
    await chips().getByText("params.depth >= 3").waitFor();
    expect(page.url()).toContain("group=optimizer");
    await views();
    await page.getByRole("button", { name: "delete the view depth 3 and more" }).click();
    await page.getByText("Save what you look at").waitFor();
  });

  test("a model of the runs draws what it expects, along a param and over two", async () => {
    await open(sweepId, "?view=slice");
    await page.getByText(/expected over all that the others may be/).waitFor();
    await page.getByRole("tab", { name: "Contour" }).click();
    await page.getByText("expected", { exact: true }).click();
    await drawn("surface");
    await page.getByText(/expected by a forest over/).waitFor();
  });

  test("ticked runs are compared in two clicks, also by keys", async () => {
    await open(sweepId);
    const ticks = page.locator("table[aria-rowcount] tbody input[type=checkbox]");
    await ticks.nth(0).press("Space");
    await ticks.nth(1).press("Space");
    await page.getByText("2 ticked").waitFor();
    await page
      .getByRole("link", { name: /compare/i })
      .last()
      .click();
    await page.getByRole("heading", { level: 1, name: /Compare 2 runs/ }).waitFor();
    await page.getByRole("heading", { name: "Learning curves" }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test("a sweep gets another space and more runs while it goes on", async () => {
    const { id } = await system.client.sweeps.create({
      name: "to be edited",
      plan: {
        data: { dataset: "shapes" },
        model: { template: "mlp", depth: { $param: "depth" }, units: [16, 16, 16, 16] },
        epochs: 2,
      },
      space: { depth: { type: "int", low: 1, high: 3 } },
      sampler: { name: "random" },
      objective: { metric: "val_accuracy", direction: "maximize" },
      budget: { runs: 4 },
    });
    await open(id);
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByLabel("Runs in all").fill("6");
    await page.getByLabel("depth to", { exact: true }).fill("4");
    await page.getByLabel("Why").fill("deeper ones do better");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText("settings changed once").waitFor();
    const { space, budget } = await system.client.sweeps.get(id);
    expect(space.depth).toMatchObject({ low: 1, high: 4 });
    expect(budget.runs).toBe(6);
  });

  test("hostile names are text", async () => {
    const id = await seedSweep(system.db, {
      runs: 30,
      epochs: 3,
      name: `${HOSTILE} ${"long ".repeat(30)}`,
      hostile: HOSTILE,
    });
    await open(id);
    await Promise.all(["history", "parallel"].map(drawn));
    expect(await page.title()).not.toBe("owned");
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  test("a sweep whose runs all failed, or all diverged, says so", async () => {
    for (const all of ["failed", "diverged"] as const) {
      const id = await seedSweep(system.db, { runs: 12, epochs: 4, all, name: `all ${all}` });
      await open(id);
      await page.getByText("No run has completed, so there is no best one.").waitFor();
      await page.getByText(/^The last one to fail was run \d+: /).waitFor();
      await page.getByText(`12 ${all}`).first().waitFor();
    }
    expect(complaints).toEqual([]);
  });
});
