import { ApiError } from "@sweepyard/client";
import type { DatasetView } from "@sweepyard/contract";
import type { Command } from "commander";
import { commandName } from "../commandName.js";
import type { Act, Context } from "../context.js";
import { renderDataset } from "../format/datasetText.js";
import { formatAge } from "../format/figures.js";
import { renderTable } from "../format/table.js";
import { refusedInOptions } from "../upload/inOptions.js";
import { prepareUpload } from "../upload/prepareUpload.js";
import { addUploadOptions, type UploadOptions } from "../upload/uploadOptions.js";

export function addDatasetCommands(program: Command, act: Act): void {
  const dataset = program
    .command("dataset")
    .alias("data")
    .description("list, show and upload data sets");

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
    .command("show")
    .description("what a data set holds: classes, columns, what was left out")
    .argument("<name>", "its name, or name@version for another than the latest")
    .action(
      act(async ({ output, connect, signal }: Context, spec: string) => {
        const [name = "", version] = spec.split("@");
        const client = await connect();
        const view = await client.datasets.get(name, { version }, { signal });
        output.answer(view, () => renderDataset(view, output.colors));
      }),
    );

  const upload = dataset
    .command("upload")
    .description("upload a data set, or a new version of one")
    .argument(
      "<path>",
      "a .csv, .npy or .npz file; a .zip, .tar or .tar.gz of images, or a folder of them, each " +
        "in the folder of its class; or a folder of MNIST's four IDX files",
    );
  addUploadOptions(upload).action(act(sendUpload));
}

async function sendUpload(
  { output, connect, signal }: Context,
  path: string,
  options: UploadOptions,
): Promise<void> {
  const client = await connect();
  const created = await prepareUpload(path, options, (upload) =>
    client.datasets.create(upload, { signal }),
  ).catch((error) => {
    throw error instanceof ApiError ? refusedInOptions(error) : error;
  });
  output.answer(created, () => {
    const { name, version, trainRows, testRows, inputShape, classNames, task, details } = created;
    const [one, many] = OUTPUTS[task];
    const rows = `${trainRows} training and ${testRows} test rows of ${inputShape.join("×")}`;
    const outputs = `${classNames.length} ${classNames.length === 1 ? one : many}`;
    const left = details.skippedCount;
    const skipped = `\n${left} ${left === 1 ? "file was" : "files were"} left out: ${commandName} dataset show ${name} lists what`;
    return `${name} version ${version}: ${TASKS[task]}, ${rows}, ${outputs}${left > 0 ? skipped : ""}`;
  });
}

const TASKS = {
  classification: "classification",
  multi_label: "multi-label",
  regression: "regression",
} as const satisfies Record<DatasetView["task"], string>;

const OUTPUTS = {
  classification: ["class", "classes"],
  multi_label: ["label", "labels"],
  regression: ["target", "targets"],
} as const satisfies Record<DatasetView["task"], readonly [string, string]>;

function renderDatasets(
  datasets: readonly DatasetView[],
  colors: Context["output"]["colors"],
  now: number,
): string {
  if (datasets.length === 0) return `no data sets yet: ${commandName} dataset upload <path> …`;
  return renderTable(
    datasets,
    [
      { head: "name", cell: ({ name }) => name },
      { head: "version", cell: ({ version }) => String(version), align: "right" },
      { head: "task", cell: ({ task }) => task },
      { head: "shape", cell: ({ inputShape }) => inputShape.join("×") },
      { head: "train", cell: ({ trainRows }) => String(trainRows), align: "right" },
      { head: "test", cell: ({ testRows }) => String(testRows), align: "right" },
      { head: "told apart", cell: ({ classNames }) => shortened(classNames) },
      { head: "uploaded", cell: ({ createdAt }) => formatAge(createdAt, now), align: "right" },
    ],
    colors,
  );
}

const SHOWN = 10;

const shortened = (names: readonly string[]): string =>
  names.length <= SHOWN
    ? names.join(", ")
    : `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more`;
