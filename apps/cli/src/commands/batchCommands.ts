import { openAsBlob } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@sweepyard/client";
import { AppError, type BatchOptionsInput, type BatchView, Id } from "@sweepyard/contract";
import type { Command } from "commander";
import { as, asCount } from "../argumentParsers.js";
import { commandName } from "../commandName.js";
import type { Act, Context } from "../context.js";
import type { ExitCode } from "../failure.js";
import { formatAge } from "../format/figures.js";
import { progressBar } from "../format/progressBar.js";
import { renderTable } from "../format/table.js";
import { packFolder } from "../upload/packFolder.js";

interface PredictOptions {
  readonly model: string;
  readonly top?: number;
  readonly name?: string;
  readonly watch?: boolean;
  readonly split: string;
}

/** Between looks at a batch: it takes seconds to hours. */
const LOOK_MS = 1_000;
const BAR_WIDTH = 24;

export function addBatchCommands(program: Command, act: Act): void {
  const batch = program.command("batch").description("predict whole sets of images by the workers");
  batch
    .command("predict")
    .description("predict every picture of a folder or archive, or every row of a data set")
    .argument("<source>", "a folder, a zip or tar archive, or dataset:<name>[@version]")
    .requiredOption("--model <name>", "name, name@alias or name@version; champion is assumed")
    .option("--top <count>", "how many classes to keep of each", asCount)
    .option("--name <text>", "to know it by")
    .option("--split <split>", "of a data set: train or test", "test")
    .option("--watch", "wait for its end")
    .action(act(predictBatch));

  batch
    .command("list")
    .description("list batches, newest first")
    .action(
      act(async ({ output, connect, signal }: Context) => {
        const page = await (await connect()).batches.list({}, { signal });
        output.answer(page, () => renderBatches(page.items, output.colors, Date.now()));
      }),
    );

  batch
    .command("results")
    .description("print a batch's results, a line of JSON for each item")
    .argument("<batch>", "the batch's id", as(Id))
    .option("--failed", "only items that could not be read")
    .action(
      act(
        async (
          { connect, signal }: Context,
          id: string,
          { failed = false }: { failed?: boolean },
        ) => {
          const client = await connect();
          for await (const line of client.batches.results(id, { failed }, { signal }))
            process.stdout.write(`${JSON.stringify(line)}\n`);
        },
      ),
    );

  for (const [verb, description, change] of [
    ["show", "how far a batch has come", (client, id) => client.batches.get(id)],
    ["cancel", "take no more of a batch's items", (client, id) => client.batches.cancel(id)],
    [
      "retry",
      "go on with one that failed or was cancelled",
      (client, id) => client.batches.retry(id),
    ],
  ] satisfies [string, string, (client: Client, id: string) => Promise<BatchView>][])
    batch
      .command(verb)
      .description(description)
      .argument("<batch>", "the batch's id", as(Id))
      .action(
        act(async ({ output, connect }: Context, id: string) => {
          const view = await change(await connect(), id);
          output.answer(view, () => renderProgress(view));
        }),
      );

  batch
    .command("delete")
    .description("delete a batch that has ended, with its results")
    .argument("<batch>", "the batch's id", as(Id))
    .action(
      act(async ({ output, connect }: Context, id: string) => {
        await (await connect()).batches.delete(id);
        output.answer({ deleted: id }, () => `deleted ${id}`);
      }),
    );
}

async function predictBatch(
  { output, connect, signal }: Context,
  source: string,
  { model, top, name, watch = false, split }: PredictOptions,
): Promise<ExitCode | undefined> {
  if (split !== "train" && split !== "test")
    throw new AppError("invalid_request", `--split ${split} is neither train nor test`);
  const options = { ...(top !== undefined && { top_k: top }), ...(name !== undefined && { name }) };
  const [, dataset, version] = /^dataset:([^@]+)(?:@(\d+))?$/.exec(source) ?? [];
  const create = (client: Client): Promise<BatchView> =>
    dataset === undefined
      ? createFromFiles(client, model, source, options)
      : client.batches.create(model, {
          ...options,
          dataset: { name: dataset, split, ...(version && { version: Number(version) }) },
        });
  const client = await connect();
  let batch = await create(client);
  output.progress(`batch ${batch.id}: ${batch.items} items by ${batch.model} ${batch.version}`);
  while (watch && batch.endedAt === null) {
    await sleep(LOOK_MS, undefined, { signal });
    const before = batch.done;
    batch = await client.batches.get(batch.id, { signal });
    if (batch.done !== before) output.progress(renderProgress(batch));
  }
  output.answer(batch, () =>
    [renderProgress(batch), `  ${commandName} batch results ${batch.id}`].join("\n"),
  );
  return batch.state === "failed" || batch.state === "cancelled" ? 1 : undefined;
}

async function createFromFiles(
  client: Client,
  model: string,
  source: string,
  options: BatchOptionsInput,
): Promise<BatchView> {
  const found = await stat(source).catch((error: Error) => {
    throw new AppError("invalid_request", `${source} can't be read: ${error.message}`);
  });
  if (!found.isDirectory())
    return client.batches.createFromArchive(model, await openAsBlob(source), options);
  const folder = await mkdtemp(join(tmpdir(), "sweepyard-batch-"));
  try {
    const archive = join(folder, "pictures.tar");
    await packFolder(source, archive);
    return await client.batches.createFromArchive(model, await openAsBlob(archive), options);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function renderProgress({ state, stateReason, done, failed, items }: BatchView): string {
  const unread = failed === 0 ? "" : `, ${failed} could not be read`;
  const why = stateReason === null ? "" : ` (${stateReason})`;
  return `${progressBar(done, items, BAR_WIDTH)} ${done} of ${items} ${state}${why}${unread}`;
}

function renderBatches(
  batches: readonly BatchView[],
  colors: Context["output"]["colors"],
  now: number,
): string {
  if (batches.length === 0)
    return `no batches yet: ${commandName} batch predict <folder> --model <name>`;
  return renderTable(
    batches,
    [
      { head: "batch", cell: ({ id }) => id },
      { head: "name", cell: ({ name }) => name },
      { head: "model", cell: ({ model, version }) => `${model}@${version}` },
      { head: "state", cell: ({ state }) => state },
      { head: "done", cell: ({ done, items }) => `${done} of ${items}`, align: "right" },
      { head: "unread", cell: ({ failed }) => String(failed), align: "right" },
      {
        head: "made",
        cell: ({ createdAt, createdBy }) => `${formatAge(createdAt, now)} by ${createdBy}`,
      },
    ],
    colors,
  );
}
