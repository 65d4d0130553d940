import type { BrowserContext } from "playwright-core";

export const SCHEMES = ["light", "dark"] as const;

export interface Picture {
  readonly width: number;
  readonly scheme: (typeof SCHEMES)[number];
  readonly file: string;
}

const HEIGHT = 900;
/** Charts are painted a frame or two after their data. */
const SETTLE_MS = 400;

/** One page from top to bottom, once nothing on it is loading any more. */
export async function takePage(
  context: BrowserContext,
  url: string,
  { width, scheme, file }: Picture,
): Promise<void> {
  const page = await context.newPage();
  try {
    await page.setViewportSize({ width, height: HEIGHT });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.goto(url);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    const loading = page.getByRole("status", { name: "loading" });
    await loading.first().waitFor({ state: "detached" });
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: file, fullPage: true });
  } finally {
    await page.close();
  }
}
