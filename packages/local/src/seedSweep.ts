import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CreateSweep, parseSweep } from "@sweepyard/contract";
import { parse } from "yaml";
import { REPOSITORY_ROOT } from "./homeFolder.js";

export const SEED_DATASET = "fashion-mnist";
export const SEED_MODEL = "fashion-mnist";

const FILE = join(REPOSITORY_ROOT, "examples", "fashion-mnist.sweep.yaml");

/** The sweep of the embedded default, from examples/; `epochs` replaces that of the file. */
export async function readSeedSweep(epochs?: number): Promise<CreateSweep> {
  const sweep = parseSweep(parse(await readFile(FILE, "utf8")));
  return epochs === undefined ? sweep : { ...sweep, plan: { ...sweep.plan, epochs } };
}
