import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

const HELP = `pnpm golden FOLDER [options]

Runs every case of recorded figures in FOLDER (files ending in .json; their form is described in
packages/engine/fixtures/golden/README.md), names each with its largest error as a share of what
its kind allows, and ends with the counts. Exit status 0: none failed.

  --engine ID    onnx or tfjs (onnx)
  --threads N    CPU threads of the engine (1)
  --reference    also the statistical kind, which trains whole runs on the real data
  --data FOLDER  the four IDX files of Fashion-MNIST for --reference; FASHION_MNIST in the
                 environment does the same, else Debian's folder
`;

const DEBIAN = "/usr/share/datasets/fashion-mnist";
/** Misses of a case that are told. */
const TOLD = 3;

const args = readArguments();
if (typeof args === "number") process.exitCode = args;
else process.exitCode = await main(args);

/** @returns what was asked for, or the exit status. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        engine: { type: "string", default: "onnx" },
        threads: { type: "string", default: "1" },
        reference: { type: "boolean", default: false },
        data: { type: "string", default: process.env.FASHION_MNIST ?? DEBIAN },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    const [folder, ...others] = positionals;
    if (folder === undefined || others.length > 0) throw new Error("name one folder");
    const threads = Number(values.threads);
    if (!Number.isInteger(threads) || threads < 1) throw new Error("--threads is a whole number");
    return { ...values, folder, threads };
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    return 2;
  }
}

async function main({ folder, engine: id, threads, reference, data }) {
  const { ENGINES, runGolden } = await loadRunners();
  const open = ENGINES[id];
  if (open === undefined) {
    console.error(`--engine ${id} is none of ${Object.keys(ENGINES).join(", ")}`);
    return 2;
  }
  const { engine } = await open(threads);
  console.log(`engine ${id} on ${engine.device}`);
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.endsWith(".json"))
    .sort();
  if (names.length === 0) {
    console.error(`${folder} is no folder with .json files`);
    return 2;
  }
  const counts = { passed: 0, failed: 0 };
  for (const name of names) {
    const outcome = await run(join(folder, name), (golden) =>
      golden.kind === "reference" && !reference
        ? undefined
        : runGolden(golden, engine, { threads, data }),
    );
    if (outcome === undefined) {
      console.log(`  --  ${name}: left out, --reference trains on the real data`);
      continue;
    }
    counts[outcome.passed ? "passed" : "failed"]++;
    console.log(`${outcome.passed ? "pass" : "FAIL"}  ${name}: ${outcome.text}`);
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 ? 0 : 1;
}

async function loadRunners() {
  try {
    const { ENGINES, runGolden } = await import("@sweepyard/engine/golden");
    return { ENGINES, runGolden };
  } catch (cause) {
    throw new Error("the engine is not built: run `pnpm build` first", { cause });
  }
}

async function run(path, runCase) {
  try {
    const result = await runCase(JSON.parse(await readFile(path, "utf8")));
    if (result === undefined) return undefined;
    const { compared, largestError, where, misses } = result;
    if (compared === 0) return { passed: false, text: "it holds no figure to compare" };
    const share = `${(largestError * 100).toPrecision(2)} %`;
    const text = `largest error ${share} of what is allowed (${where}), ${compared} figures`;
    const told = misses
      .slice(0, TOLD)
      .map(({ what, got, want }) => `\n      ${what}: ${got}, recorded ${want}`);
    const more = misses.length > TOLD ? [`\n      and ${misses.length - TOLD} more`] : [];
    return { passed: misses.length === 0, text: [text, ...told, ...more].join("") };
  } catch (error) {
    return { passed: false, text: error instanceof Error ? error.message : String(error) };
  }
}
