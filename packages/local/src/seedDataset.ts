import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "@sweepyard/client";
import { AppError, FASHION_MNIST_CLASSES } from "@sweepyard/contract";
import { fetchFashionMnist } from "./fashionMnist.js";
import { SEED_DATASET } from "./seedSweep.js";
import type { Terminal } from "./terminal.js";

/** Uploads Fashion-MNIST through the API, unless it is there already. */
export async function ensureSeedDataset(setup: {
  readonly client: Client;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
}): Promise<void> {
  const { client, home, env, terminal } = setup;
  if (await isThere(client)) return;
  const files = await fetchFashionMnist({
    dir: join(await datasetsFolder(home, env), "fashion-mnist"),
    onProgress: terminal.onProgress,
  });
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(
    [files.trainImages, files.trainLabels, files.testImages, files.testLabels].map(
      async (path) => new Blob([await readFile(path)]),
    ),
  );
  if (!trainImages || !trainLabels || !testImages || !testLabels) return;
  await client.datasets.create({
    name: SEED_DATASET,
    description: "70,000 images of clothing, 28 × 28 pixels (Xiao, Rasul & Vollgraf 2017)",
    classNames: FASHION_MNIST_CLASSES,
    trainImages,
    trainLabels,
    testImages,
    testLabels,
  });
  terminal.say("Fashion-MNIST: 60,000 training and 10,000 test images, sums checked");
}

async function isThere(client: Client): Promise<boolean> {
  try {
    await client.datasets.get(SEED_DATASET);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return false;
    throw error;
  }
}

/** @throws {AppError} `invalid_request` if SWEEPYARD_DATASETS names what is no folder. */
async function datasetsFolder(home: string, { SWEEPYARD_DATASETS }: NodeJS.ProcessEnv) {
  if (!SWEEPYARD_DATASETS) return join(home, "datasets");
  const named = await stat(SWEEPYARD_DATASETS).catch(() => null);
  if (named?.isDirectory()) return SWEEPYARD_DATASETS;
  throw new AppError(
    "invalid_request",
    `SWEEPYARD_DATASETS names ${SWEEPYARD_DATASETS}, which is no folder: make it, or unset SWEEPYARD_DATASETS`,
  );
}
