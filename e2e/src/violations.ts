import axe from "axe-core";
import type { Page } from "playwright-core";

/** Longer than any fading of colours takes, which have less contrast while they fade. */
const FADING_MS = 5_000;

/** What axe says of the page, and goes on to say once nothing fades any more. */
export async function violations(page: Page): Promise<string[]> {
  const end = Date.now() + FADING_MS;
  let found = await violationsNow(page);
  while (found.length > 0 && Date.now() < end) found = await violationsNow(page);
  return found;
}

/** Run beside the page's own script, which its policy allows. */
async function violationsNow(page: Page): Promise<string[]> {
  // Half a megabyte, which a page that is looked at again has read already.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(options: { resultTypes: string[] }): Promise<{
          violations: { id: string; help: string; nodes: { html: string }[] }[];
        }>;
      };
    };
    const found = await axe.run({ resultTypes: ["violations"] });
    return found.violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes
          .slice(0, 3)
          .map(({ html }) => html.slice(0, 160))
          .join(" | ")}`,
    );
  });
}
