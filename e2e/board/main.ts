import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { startApiSystem } from "../apiSystem.js";
import { findChromium } from "../src/chromium.js";
import { measurePage, type PageFigures } from "./measurePage.js";
import { seedSweep } from "./seedSweep.js";

const USAGE = `pnpm bench dashboard [--runs 60,1000,10000] [--epochs 50] [--repeat 1] [--json]

Seeds sweeps into a system of its own, opens the page of each in a Chromium that has never seen it,
and prints what it took. Goals are those of docs/performance.md; missing one is no error.

  --runs LIST   runs of each sweep
  --epochs N    of each run
  --repeat N    pages opened for each; the median is printed
  --json        print JSON instead of a table
`;

/** Each figure with its goal and how it is written. */
const FIGURES = [
  ["usefulMs", "useful after, ms", 1_500, 1],
  ["bytes", "bytes, KB", 700, 1_000],
  ["requests", "requests", 30, 1],
  ["longestTaskMs", "longest task, ms", 100, 1],
  ["heapBytes", "heap, MB", 60, 1_000_000],
  ["scrollFrameMs", "scroll frame, ms", 50, 1],
  ["overlayMs", "overlay of 1,000 curves, ms", 1_000, 1],
  ["overlayTaskMs", "its longest task, ms", 100, 1],
  ["parallelMs", "parallel coordinates, ms", 500, 1],
] as const satisfies readonly (readonly [keyof PageFigures, string, number, number])[];

/** @returns the exit status: 0 unless something went wrong; a missed goal is shown, not an error. */
export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: "string", default: "60,1000,10000" },
      epochs: { type: "string", default: "50" },
      repeat: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const chromium = findChromium();
  if (chromium === null) {
    process.stderr.write("no chromium on the PATH; install one or set CHROMIUM_PATH\n");
    return 1;
  }
  const sizes = values.runs.split(",").map(Number);
  const system = await startApiSystem();
  try {
    const results: { runs: number; figures: PageFigures }[] = [];
    for (const runs of sizes) {
      const id = await seedSweep(system.db, { runs, epochs: Number(values.epochs), live: true });
      const opened: PageFigures[] = [];
      for (let count = 0; count < Number(values.repeat); count++)
        opened.push(
          await measurePage(chromium, `${system.url}/sweeps/${id}`, async (page) => {
            const { url } = await system.client.session.createLink();
            await page.goto(url);
            await page.getByRole("heading", { level: 1 }).first().waitFor();
          }),
        );
      results.push({ runs, figures: medianOf(opened) });
    }
    process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : tableOf(results));
    return 0;
  } finally {
    await system.close();
  }
}

function medianOf(all: readonly PageFigures[]): PageFigures {
  const entries = FIGURES.map(([key]) => {
    const sorted = all.map((figures) => figures[key]).sort((a, b) => a - b);
    return [key, sorted[Math.floor(sorted.length / 2)] ?? Number.NaN];
  });
  return Object.fromEntries(entries) as unknown as PageFigures;
}

function tableOf(results: readonly { runs: number; figures: PageFigures }[]): string {
  const head = ["", ...results.map(({ runs }) => `${runs} runs`), "goal"];
  const rows = FIGURES.map(([key, label, goal, unit]) => [
    label,
    ...results.map(({ figures }) => {
      const value = figures[key] / unit;
      return `${value.toFixed(value < 10 ? 1 : 0)}${value > goal ? " !" : ""}`;
    }),
    `≤ ${goal}`,
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return `${[head, ...rows].map(line).join("\n")}\n! over its goal; cold cache, ${availableParallelism()} cores\n`;
}
