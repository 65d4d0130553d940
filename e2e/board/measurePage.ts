import type { CDPSession, Page } from "playwright-core";
import { openBrowser } from "../src/chromium.js";

/** What a person waits for, and what the page takes for it. */
export interface PageFigures {
  /** From the start of navigation until best run, history, curves and table are drawn, in ms. */
  readonly usefulMs: number;
  /** Over the wire until then, headers included. */
  readonly bytes: number;
  readonly requests: number;
  /** Longest main-thread task from navigation until all has settled, in ms. */
  readonly longestTaskMs: number;
  /** Used by script after a collection, in bytes. */
  readonly heapBytes: number;
  /** Longest gap between two frames while the table is scrolled through its first page, in ms. */
  readonly scrollFrameMs: number;
  /** From the click until up to 1,000 curves are drawn, in ms. */
  readonly overlayMs: number;
  /** Longest main-thread task while they are. */
  readonly overlayTaskMs: number;
  /** From the moment parallel coordinates are asked for until they are drawn, in ms. */
  readonly parallelMs: number;
}

const READY_MS = 60_000;

/**
 * Opens a sweep's page in a browser that has never seen it and takes its figures.
 * @param logIn signs the browser in; its own requests are not counted, and its cache is emptied.
 */
export async function measurePage(
  chromium: string,
  url: string,
  logIn: (page: Page) => Promise<void>,
): Promise<PageFigures> {
  const browser = await openBrowser(chromium);
  try {
    const page = await browser.context.newPage();
    await logIn(page);
    await page.goto("about:blank");
    const devtools = await browser.context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.clearBrowserCache");
    const traffic = countTraffic(devtools);
    await page.addInitScript(recordLongTasks);

    const began = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.waitForFunction(isUseful, undefined, { timeout: READY_MS, polling: "raf" });
    const usefulMs = performance.now() - began;
    const { bytes, requests } = { ...traffic };
    await page.waitForTimeout(1_500); // whatever is drawn later is a task of this page too
    const longestTaskMs = await longestTask(page);
    const scrollFrameMs = await page.evaluate(scrollTable);
    const heapBytes = await usedHeap(devtools);

    await page.evaluate(forgetLongTasks);
    const overlayMs = await timeUntilDrawn(page, "curves", async () => {
      await page.getByText("lines", { exact: true }).click();
    });
    const overlayTaskMs = await longestTask(page);
    await page.getByRole("tab", { name: "Rank" }).click(); // so that they are drawn anew
    const parallelMs = await timeUntilDrawn(page, "parallel", async () => {
      await page.getByRole("tab", { name: "Parallel coordinates" }).click();
    });
    return {
      usefulMs,
      bytes,
      requests,
      longestTaskMs,
      heapBytes,
      scrollFrameMs,
      overlayMs,
      overlayTaskMs,
      parallelMs,
    };
  } finally {
    await browser.close();
  }
}

function countTraffic(devtools: CDPSession) {
  const traffic = { bytes: 0, requests: 0 };
  devtools.on("Network.requestWillBeSent", () => {
    traffic.requests++;
  });
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
    traffic.bytes += encodedDataLength;
  });
  return traffic;
}

async function usedHeap(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.enable");
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize;
}

/** Charts say how often they have been drawn; a new number is a new picture. */
async function timeUntilDrawn(page: Page, chart: string, act: () => Promise<void>) {
  const drawn = (name: string) =>
    Number(document.querySelector(`[data-chart="${name}"]`)?.getAttribute("data-drawn") ?? 0);
  const before = await page.evaluate(drawn, chart);
  const began = performance.now();
  await act();
  await page.waitForFunction(
    ([name, count]) =>
      Number(document.querySelector(`[data-chart="${name}"]`)?.getAttribute("data-drawn") ?? 0) >
      Number(count),
    [chart, before] as const,
    { timeout: READY_MS, polling: "raf" },
  );
  return performance.now() - began;
}

const longestTask = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, ...(window as unknown as TaskWindow).longTasks));

/* What follows runs in the browser. */

interface TaskWindow {
  longTasks: number[];
}

function recordLongTasks(): void {
  const store = window as unknown as TaskWindow;
  store.longTasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) store.longTasks.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });
}

function forgetLongTasks(): void {
  (window as unknown as TaskWindow).longTasks = [];
}

function isUseful(): boolean {
  const isDrawn = (chart: string) =>
    document.querySelector(`[data-chart="${chart}"]`)?.hasAttribute("data-drawn") === true;
  const rows = document.querySelectorAll("table[aria-rowcount] tbody input[type=checkbox]");
  const text = document.body.textContent;
  return (
    isDrawn("history") &&
    isDrawn("curves") &&
    rows.length >= 5 &&
    text.includes("Best run") &&
    text.includes("Progress")
  );
}

async function scrollTable(): Promise<number> {
  const scroller = document.querySelector("table[aria-rowcount]")?.parentElement;
  if (!scroller) throw new Error("there is no table of runs");
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  let last = await frame();
  let worst = 0;
  for (let step = 0; step < 120; step++) {
    scroller.scrollTop += 20;
    const now = await frame();
    worst = Math.max(worst, now - last);
    last = now;
  }
  scroller.scrollTop = 0;
  return worst;
}
