import { openAsBlob } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError, DatasetName, type DatasetView } from "@sweepyard/contract";
import type { Command } from "commander";
import { z } from "zod";
import { as, asList } from "../argumentParsers.js";
import type { Act, Context } from "../context.js";
import { formatAge } from "../format/figures.js";
import { renderTable } from "../format/table.js";

interface UploadOptions {
  readonly name: string;
  readonly classes: string[];
  readonly description?: string;
}

/** What MNIST's files, and those of its successors, are called; `.gz` may follow. */
const FILE_NAMES = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
} as const;
type FileKey = keyof typeof FILE_NAMES;

export function addDatasetCommands(program: Command, act: Act): void {
  const dataset = program.command("dataset").description("list and upload data sets");

  dataset
    .command("list")
    .description("list data sets, the latest version of each")
    .action(
      act(async ({ output, connect, signal }: Context) => {
        const { items } = await (await connect()).datasets.list({ signal });
        output.answer({ items }, () => renderDatasets(items, output.colors, Date.now()));
      }),
    );

  dataset
    .command("upload")
    .description("upload a data set, or a new version of one")
    .argument("<folder>", `with ${Object.values(FILE_NAMES).join(", ")}, as they are or in gzip`)
    .requiredOption("--name <name>", "its name in plans", as(DatasetName))
    .requiredOption(
      "--classes <names>",
      "the labels' names from 0 on, by commas",
      asList(z.string()),
    )
    .option("--description <text>", "for people")
    .action(act(upload));
}

async function upload(
  { output, connect, signal }: Context,
  folder: string,
  { name, classes, description }: UploadOptions,
): Promise<void> {
  const files = await findFiles(folder);
  const client = await connect();
  const created = await client.datasets.create(
    {
      name,
      description,
      classNames: classes,
      trainImages: await openAsBlob(files.trainImages),
      trainLabels: await openAsBlob(files.trainLabels),
      testImages: await openAsBlob(files.testImages),
      testLabels: await openAsBlob(files.testLabels),
    },
    { signal },
  );
  output.answer(created, () => {
    const { version, trainRows, testRows, inputShape, classNames } = created;
    return `${name} version ${version}: ${trainRows} training and ${testRows} test rows of ${inputShape.join("×")}, ${classNames.length} classes`;
  });
}

async function findFiles(folder: string): Promise<Record<FileKey, string>> {
  const present = await readdir(folder).catch((error: Error) => {
    throw new AppError("invalid_request", `${folder} can't be read: ${error.message}`);
  });
  const find = (key: FileKey) => {
    const wanted = FILE_NAMES[key];
    const found = [wanted, `${wanted}.gz`].find((file) => present.includes(file));
    if (found !== undefined) return join(folder, found);
    throw new AppError("invalid_request", `${folder} has no ${wanted} or ${wanted}.gz`);
  };
  return {
    trainImages: find("trainImages"),
    trainLabels: find("trainLabels"),
    testImages: find("testImages"),
    testLabels: find("testLabels"),
  };
}

function renderDatasets(
  datasets: readonly DatasetView[],
  colors: Context["output"]["colors"],
  now: number,
): string {
  if (datasets.length === 0) return "no data sets yet: sweepyard dataset upload <folder> …";
  return renderTable(
    datasets,
    [
      { head: "name", cell: ({ name }) => name },
      { head: "version", cell: ({ version }) => String(version), align: "right" },
      { head: "shape", cell: ({ inputShape }) => inputShape.join("×") },
      { head: "train", cell: ({ trainRows }) => String(trainRows), align: "right" },
      { head: "test", cell: ({ testRows }) => String(testRows), align: "right" },
      { head: "classes", cell: ({ classNames }) => classNames.join(", ") },
      { head: "uploaded", cell: ({ createdAt }) => formatAge(createdAt, now), align: "right" },
    ],
    colors,
  );
}
