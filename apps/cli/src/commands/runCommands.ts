import {
  AppError,
  classificationReportText,
  Id,
  RunState,
  type RunView,
} from "@sweepyard/contract";
import type { Command } from "commander";
import { as, asCount, asList } from "../argumentParsers.js";
import { collectPages } from "../collectPages.js";
import { commandName } from "../commandName.js";
import type { Act, Context } from "../context.js";
import { formatCount } from "../format/figures.js";
import { renderModel, renderRunPreview } from "../format/modelText.js";
import { formatParams } from "../format/params.js";
import { renderRuns } from "../format/runTable.js";
import { renderRun } from "../format/runText.js";
import { readRunFile } from "../readSubmission.js";
import { watchRun } from "../watch/watchRun.js";

interface ListOptions {
  readonly sweep?: string;
  readonly state?: RunState[];
  readonly filter?: string;
  readonly sort: string;
  readonly limit: number;
}

export function addRunCommands(program: Command, act: Act): void {
  program
    .command("runs")
    .description("list, filter and sort runs")
    .option("--sweep <id>", "of this sweep only", as(Id))
    .option(
      "--state <states>",
      `such as running,queued (${RunState.options.join(", ")})`,
      asList(RunState),
    )
    .option("--filter <expression>", "such as 'params.depth >= 2 and metrics.val_loss < 0.4'")
    .option(
      "--sort <column>",
      "such as objective, params.depth or metrics.test.accuracy; --sort=-objective turns it round",
      "-createdAt",
    )
    .option("-n, --limit <count>", "at most so many", asCount, 50)
    .action(act(listRuns));

  const run = program.command("run").description("submit, follow and steer single runs");

  run
    .command("submit")
    .description("submit a single training job from a YAML or JSON file")
    .argument("<file>", 'the file; "-" reads standard input')
    .option("-w, --watch", "follow it to its end", false)
    .action(
      act(async (context, file: string, { watch }: { watch: boolean }) => {
        const body = await readRunFile(file);
        const client = await context.connect();
        const created = await client.runs.create(body, { signal: context.signal });
        if (!watch) return tell(context, created);
        context.output.progress(`submitted ${created.name}, run ${created.id}`);
        return watchRun(context, client, created.id, created.epoch);
      }),
    );

  run
    .command("preview")
    .description("check a run's file: the model's layers, shapes, weights and FLOPs; its rows")
    .argument("<file>", 'the file; "-" reads standard input')
    .action(
      act(async ({ output, connect, signal }, file: string) => {
        const body = await readRunFile(file);
        const client = await connect();
        const preview = await client.runs.preview(body, { signal });
        output.answer(preview, () => renderRunPreview(preview, output.colors));
      }),
    );

  run
    .command("model")
    .description("a run's model: layers, shapes, weights and FLOPs")
    .argument("<id>", "the run", as(Id))
    .action(
      act(async ({ output, connect, signal }, id: string) => {
        const client = await connect();
        const model = await client.runs.model(id, { signal });
        output.answer(model, () => renderModel(model, output.colors));
      }),
    );

  run
    .command("watch")
    .description("follow a run to its end; Ctrl-C stops watching, not the run")
    .argument("<id>", "the run", as(Id))
    .action(act(async (context, id: string) => watchRun(context, await context.connect(), id)));

  run
    .command("show")
    .description("a run, its attempts and its report")
    .argument("<id>", "the run", as(Id))
    .action(act(showRun));

  run
    .command("report")
    .description("a classification report as scikit-learn prints it")
    .argument("<id>", "the run", as(Id))
    .option("--digits <count>", "after the point", asCount, 2)
    .action(act(showReport));

  for (const verb of ["cancel", "pause", "resume", "retry"] as const) {
    const meaning = {
      cancel: "cancel a run",
      pause: "pause a run at its next epoch; its checkpoint is kept",
      resume: "queue a paused run again",
      retry: "queue a failed or cancelled run again, from its last checkpoint",
    }[verb];
    run
      .command(verb)
      .description(meaning)
      .argument("<id>", "the run", as(Id))
      .action(
        act(async (context, id: string) => {
          const client = await context.connect();
          tell(context, await client.runs[verb](id, { signal: context.signal }));
        }),
      );
  }
}

function tell({ output }: Context, run: RunView): void {
  output.answer(run, () => {
    const params = Object.keys(run.params).length === 0 ? "" : ` (${formatParams(run.params)})`;
    return `${run.name}${params} is ${run.state}\n  ${commandName} run watch ${run.id}`;
  });
}

async function listRuns(
  { output, connect, signal }: Context,
  { sweep, state, filter, sort, limit }: ListOptions,
): Promise<void> {
  const client = await connect();
  const page = await collectPages(limit, (query) =>
    client.runs.list({ sweepId: sweep, state, filter, sort, ...query }, { signal }),
  );
  output.answer(page, () => {
    if (page.items.length === 0) return "no run matches";
    const table = renderRuns(page.items, output.colors, { withSweep: sweep === undefined });
    const rest = page.total - page.items.length;
    return rest > 0 ? `${table}\n… and ${formatCount(rest, "more run")}: raise --limit` : table;
  });
}

async function showRun({ output, connect, signal }: Context, id: string): Promise<void> {
  const client = await connect();
  const run = await client.runs.get(id, { signal });
  const { items: attempts } = await client.runs.attempts(id, { signal });
  const report = run.state === "completed" ? await client.runs.report(id, { signal }) : null;
  output.answer({ run, attempts, report }, () =>
    renderRun({ run, attempts, report }, output.colors, Date.now()),
  );
}

async function showReport(
  { output, connect, signal }: Context,
  id: string,
  { digits }: { digits: number },
): Promise<void> {
  const client = await connect();
  const report = await client.runs.report(id, { signal });
  if (report.task !== "classification")
    throw new AppError(
      "invalid_request",
      `run ${id} is no classification into classes (${report.task}): see run show ${id}`,
    );
  output.answer(report, () => classificationReportText(report, { digits }).trimEnd());
}
