import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { findChromium, openBrowser } from "../src/chromium.js";
import { pagesOf } from "./pages.js";
import { SCHEMES, takePage } from "./takePage.js";
import { type Target, useTarget } from "./useTarget.js";

const USAGE = `pnpm screenshots OUT [--only NAME] [--width PIXELS] [--scheme light|dark]

Makes a picture of every page of the dashboard, light and dark, at 1440 and 360 pixels, as
OUT/<page>-<width>-<scheme>.png. It starts a system of its own, trains the example's sweep and
promotes its best run; with SWEEPYARD_URL and SWEEPYARD_API_KEY it takes that system as it is.

  --only NAME     only pages whose name contains NAME
  --width PIXELS  only this width
  --scheme NAME   only light or only dark
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: "" },
    width: { type: "string" },
    scheme: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const [out] = positionals;

if (values.help || out === undefined) {
  process.stdout.write(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const target = await useTarget((line) => process.stderr.write(`${line}\n`));
  try {
    await takeAll(target, resolve(out));
  } finally {
    await target.release();
  }
}

async function takeAll(target: Target, folder: string): Promise<void> {
  const chromium = findChromium();
  if (chromium === null) throw new Error("no chromium on the PATH and no CHROMIUM_PATH");
  await mkdir(folder, { recursive: true });
  const browser = await openBrowser(chromium);
  try {
    await (await browser.context.newPage()).goto(await target.loginLink());
    const widths = values.width === undefined ? [1440, 360] : [Number(values.width)];
    const schemes = SCHEMES.filter((name) => name === (values.scheme ?? name));
    for (const page of await pagesOf(target.client))
      for (const width of widths)
        for (const scheme of schemes) {
          if (!page.name.includes(values.only)) continue;
          const file = `${folder}/${page.name}-${width}-${scheme}.png`;
          await takePage(browser.context, new URL(page.path, target.url).href, {
            ...page,
            width,
            scheme,
            file,
          });
          process.stdout.write(`${file}\n`);
        }
  } finally {
    await browser.close();
  }
}
