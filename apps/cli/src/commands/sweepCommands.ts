import { Id } from "@sweepyard/contract";
import type { Command } from "commander";
import { as, asCount } from "../argumentParsers.js";
import { collectPages } from "../collectPages.js";
import { commandName } from "../commandName.js";
import type { Act, Context } from "../context.js";
import { renderPreview } from "../format/previewText.js";
import { renderRuns } from "../format/runTable.js";
import { renderSweep, renderSweeps } from "../format/sweepText.js";
import { readSweepFile } from "../readSubmission.js";
import { watchSweep } from "../watch/watchSweep.js";
import { addAskTellCommands } from "./askTellCommands.js";
import { addSweepLifeCommands } from "./sweepLifeCommands.js";
import { tellSweep } from "./tellSweep.js";

export function addSweepCommands(program: Command, act: Act): void {
  const sweep = program.command("sweep").description("submit, watch and steer sweeps");

  sweep
    .command("submit")
    .description("submit a sweep from a YAML or JSON file")
    .argument("<file>", 'the file; "-" reads standard input')
    .option("-w, --watch", "follow it to its end", false)
    .action(
      act(async (context, file: string, { watch }: { watch: boolean }) => {
        const body = await readSweepFile(file);
        const client = await context.connect();
        const created = await client.sweeps.create(body, { signal: context.signal });
        if (!watch) return tellSweep(context, created, "submitted");
        context.output.progress(`submitted ${created.name}, sweep ${created.id}`);
        return watchSweep(context, client, created.id);
      }),
    );

  sweep
    .command("preview")
    .description("check a sweep file: the space's size, the first points, what it would take")
    .argument("<file>", 'the file; "-" reads standard input')
    .action(
      act(async ({ output, connect, signal }, file: string) => {
        const body = await readSweepFile(file);
        const client = await connect();
        const preview = await client.sweeps.preview(body, { signal });
        output.answer(preview, () => renderPreview(preview, output.colors));
      }),
    );

  sweep
    .command("watch")
    .description("follow a sweep to its end; Ctrl-C stops watching, not the sweep")
    .argument("<id>", "the sweep", as(Id))
    .action(act(async (context, id: string) => watchSweep(context, await context.connect(), id)));

  sweep
    .command("list")
    .description("list sweeps, newest first")
    .option("-n, --limit <count>", "at most so many", asCount, 20)
    .action(
      act(async ({ output, connect, signal }, { limit }: { limit: number }) => {
        const client = await connect();
        const page = await collectPages(limit, (query) => client.sweeps.list(query, { signal }));
        output.answer(page, () =>
          page.items.length === 0
            ? `no sweeps yet: ${commandName} sweep submit examples/fashion-mnist.sweep.yaml`
            : renderSweeps(page.items, output.colors, Date.now()),
        );
      }),
    );

  sweep
    .command("show")
    .description("a sweep, its space and its ten best runs")
    .argument("<id>", "the sweep", as(Id))
    .action(act(showSweep));

  addSweepLifeCommands(sweep, act);
  addAskTellCommands(sweep, act);

  for (const verb of ["pause", "resume", "cancel"] as const) {
    const meaning = {
      pause: "start no further runs and pause those that train",
      resume: "go on where a sweep was paused",
      cancel: "end a sweep and cancel its unfinished runs",
    }[verb];
    sweep
      .command(verb)
      .description(meaning)
      .argument("<id>", "the sweep", as(Id))
      .action(
        act(async (context, id: string) => {
          const client = await context.connect();
          tellSweep(context, await client.sweeps[verb](id, { signal: context.signal }), "is now");
        }),
      );
  }
}

async function showSweep({ output, connect, signal }: Context, id: string): Promise<void> {
  const client = await connect();
  const sweep = await client.sweeps.get(id, { signal });
  const sort = sweep.objective.direction === "maximize" ? "-objective" : "objective";
  const { items: runs } = await client.runs.list({ sweepId: id, sort, limit: 10 }, { signal });
  output.answer({ sweep, bestRuns: runs }, () =>
    [
      renderSweep(sweep, output.colors, Date.now()),
      ...(runs.length === 0 ? [] : ["", renderRuns(runs, output.colors)]),
    ].join("\n"),
  );
}
