import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { TrainPlan } from "@sweepyard/contract";
import { type Dataset, exportModel, loadModel, onnxEngine } from "@sweepyard/engine";
import { readImage } from "@sweepyard/engine/images";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REPOSITORY_ROOT } from "../faults/repositoryRoot.js";
import { type Browser, findChromium, openBrowser } from "./chromium.js";
import { complaintsOf } from "./complaintsOf.js";
import { violations } from "./violations.js";

/** The example page examples/upload-form in a browser, beside what the server makes of the pictures. */

const chromium = findChromium();
const SIDE = 28;
const CLASS_NAMES = ["left", "right", "top"];
const DIST = join(REPOSITORY_ROOT, "examples/upload-form/dist");

/** Garments of a kind: the left, right or upper half is light. */
function rows(count: number) {
  const y = Uint8Array.from({ length: count }, (_, row) => row % CLASS_NAMES.length);
  const x = new Uint8Array(count * SIDE * SIDE);
  for (const [row, label] of y.entries())
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [column, line] = [i % SIDE, Math.floor(i / SIDE)];
      const light = label === 0 ? column < 14 : label === 1 ? column >= 14 : line < 14;
      x[row * SIDE * SIDE + i] = (light ? 150 : 10) + ((row * 31 + i * 7) % 90);
    }
  return { count, x, y };
}

async function trainModel(): Promise<Uint8Array> {
  const dataset: Dataset = {
    ...{ inputShape: [SIDE, SIDE], task: "classification", classNames: CLASS_NAMES },
    ...{ train: rows(120), test: rows(12) },
  };
  const plan = TrainPlan.parse({
    data: { dataset: "halves" },
    model: { template: "mlp", depth: 1, units: 16 },
    epochs: 2,
  });
  const signal = new AbortController().signal;
  for await (const event of onnxEngine.train({ plan, dataset, threads: 1 }, signal))
    if (event.kind === "trained") return exportModel(plan, dataset, event.weights);
  throw new Error("the model did not train");
}

/** A photograph of something lit from one side, on a ground of its own. */
const photo = (background: string) =>
  sharp({ create: { width: 300, height: 420, channels: 4, background } }).composite([
    {
      input: Buffer.from(
        `<svg width="160" height="280"><defs><linearGradient id="g"><stop offset="0" stop-color="#b04020"/>
        <stop offset="1" stop-color="#103050"/></linearGradient></defs>
        <rect width="160" height="280" rx="30" fill="url(#g)"/></svg>`,
      ),
    },
  ]);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

describe.skipIf(chromium === null)("the upload form", () => {
  let model: Uint8Array;
  let server: Server;
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];
  let complaints: readonly string[] = [];

  beforeAll(async () => {
    model = await trainModel();
    const facts = JSON.stringify({ classNames: CLASS_NAMES, inputShape: [SIDE, SIDE] });
    server = createServer(async (req, res) => {
      const path = new URL(req.url ?? "/", "http://localhost").pathname;
      const own = { "/model.onnx": model, "/model.json": facts }[path];
      const file = path === "/" ? "/index.html" : path;
      const body = own ?? (await readFile(join(DIST, file)).catch(() => null));
      res.writeHead(body !== null ? 200 : path === "/favicon.ico" ? 204 : 404, {
        "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      });
      res.end(body ?? "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await openBrowser(chromium ?? "");
    page = await browser.context.newPage();
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("blob:"))
        asked.push(request.url());
    });
    complaints = complaintsOf(page);
    await page.goto(url);
  });
  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => server?.close(resolve));
  });

  const choose = async (name: string, mimeType: string, buffer: Buffer) => {
    await page.locator("#photo").setInputFiles({ name, mimeType, buffer });
    await page.getByText(/This looks like|Not sure|No suggestion/).waitFor();
  };

  test.each<[string, string, () => Promise<Buffer>, number]>([
    ["a PNG on white", "image/png", () => photo("#ffffffff").png().toBuffer(), 0.01],
    ["a PNG on black", "image/png", () => photo("#000000ff").png().toBuffer(), 0.01],
    ["a PNG that is cut out", "image/png", () => photo("#00000000").png().toBuffer(), 0.02],
    ["a WebP", "image/webp", () => photo("#ffffffff").webp({ lossless: true }).toBuffer(), 0.01],
    ["a JPEG", "image/jpeg", () => photo("#ffffffff").jpeg({ quality: 90 }).toBuffer(), 0.03],
  ])("says of %s what the server says", async (_what, type, make, tolerance) => {
    const bytes = await make();
    await choose(`${_what}.file`, type, bytes);
    const shown = await page.locator("#candidates li").evaluateAll((lines) =>
      lines.map((line) => ({
        name: (line.textContent ?? "").replace(/ \d+ %$/, ""),
        probability: Number((line as HTMLElement).dataset.probability),
      })),
    );
    const loaded = await loadModel(model);
    const pixels = await readImage(bytes, [SIDE, SIDE]);
    const outputs = await loaded.predict(pixels.map((pixel) => pixel / 255));
    await loaded.release();
    expect(shown).toHaveLength(3);
    const served = CLASS_NAMES.map((name, label) => ({ name, probability: outputs[label] ?? 0 }));
    served.sort((a, b) => b.probability - a.probability);
    expect(shown[0]?.name).toBe(served[0]?.name);
    for (const { name, probability } of shown) {
      const other = served.find((prediction) => prediction.name === name)?.probability ?? -1;
      expect(Math.abs(probability - other)).toBeLessThan(tolerance);
    }
    expect(await page.getByLabel("Category").inputValue()).toBe(served[0]?.name);
  });

  test("says of a file that is no picture that it can't be decoded", async () => {
    await choose("text.png", "image/png", Buffer.from("no picture at all"));
    expect(await page.getByRole("status").textContent()).toMatch(/can't be decoded/);
    expect(await page.getByLabel("Category").inputValue()).toBe("");
  });

  test("asks nobody else, complains of nothing, and is accessible", async () => {
    expect(asked).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });
});
