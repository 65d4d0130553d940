import {
  AppError,
  EnqueuePoints,
  ForkSweep,
  Id,
  PatchSweep,
  type ReplayAnswer,
  requirePlainJson,
  toFieldErrors,
} from "@sweepyard/contract";
import type { Command } from "commander";
import type { z } from "zod";
import { as, asCount } from "../argumentParsers.js";
import type { Act } from "../context.js";
import { formatCount } from "../format/figures.js";
import { readDocument } from "../readSubmission.js";
import { addImportanceCommand } from "./importanceCommand.js";
import { tellSweep } from "./tellSweep.js";

/** What changes a sweep once it is there, and what tells how it came to be as it is. */
export function addSweepLifeCommands(sweep: Command, act: Act): void {
  sweep
    .command("edit")
    .description("change a sweep while it runs, by a YAML or JSON file of the fields that change")
    .argument("<id>", "the sweep", as(Id))
    .argument("<file>", 'such as {space: {depth: {…}}, reason: …}; "-" reads standard input')
    .action(
      act(async (context, id: string, file: string) => {
        const edit = parseAs(PatchSweep, await readDocument(file), "the edit was not accepted");
        const client = await context.connect();
        const view = await client.sweeps.patch(id, edit, { signal: context.signal });
        tellSweep(context, view, `at version ${view.version} is`);
      }),
    );

  sweep
    .command("extend")
    .description("raise a sweep's budget, after its end too")
    .argument("<id>", "the sweep", as(Id))
    .requiredOption("--runs <count>", "so many runs more", asCount)
    .action(
      act(async (context, id: string, { runs }: { runs: number }) => {
        const client = await context.connect();
        const { signal } = context;
        const { plannedRuns, budget } = await client.sweeps.get(id, { signal });
        const limit = (budget.runs ?? plannedRuns ?? 0) + runs;
        const edit = { budget: { runs: limit } };
        tellSweep(context, await client.sweeps.patch(id, edit, { signal }), "is now");
      }),
    );

  sweep
    .command("enqueue")
    .description("have points tried next, from a YAML or JSON list of params")
    .argument("<id>", "the sweep", as(Id))
    .argument("<file>", 'such as [{learning_rate: 0.001}]; "-" reads standard input')
    .action(
      act(async (context, id: string, file: string) => {
        const points = { points: await readDocument(file) };
        const body = parseAs(EnqueuePoints, points, "the points were not accepted");
        const client = await context.connect();
        const view = await client.sweeps.enqueue(id, body, { signal: context.signal });
        tellSweep(context, view, "is");
      }),
    );

  sweep
    .command("fork")
    .description("submit a sweep like another, by a YAML or JSON file of the fields that differ")
    .argument("<id>", "the sweep", as(Id))
    .argument("[file]", 'such as {sampler: {name: tpe}}; "-" reads standard input')
    .option("--fresh", "its sampler is not to know the old sweep's runs", false)
    .action(
      act(async (context, id: string, file: string | undefined, { fresh }: { fresh: boolean }) => {
        const changes = file === undefined ? {} : await readDocument(file);
        const body = parseAs(ForkSweep, { changes, keep_history: !fresh }, "nothing was forked");
        const client = await context.connect();
        tellSweep(
          context,
          await client.sweeps.fork(id, body, { signal: context.signal }),
          "submitted",
        );
      }),
    );

  sweep
    .command("history")
    .description("who changed a sweep's settings, when, and how")
    .argument("<id>", "the sweep", as(Id))
    .action(
      act(async ({ output, connect, signal }, id: string) => {
        const { items } = await (await connect()).sweeps.versions(id, { signal });
        output.answer(items, () =>
          items
            .map(({ version, at, actor, reason, changes }) => {
              const what = version === 1 ? "made it" : `set ${JSON.stringify(changes)}`;
              return `${version}  ${at}  ${actor} ${what}${reason === "" ? "" : `: ${reason}`}`;
            })
            .join("\n"),
        );
      }),
    );

  addImportanceCommand(sweep, act);

  sweep
    .command("replay")
    .description("make every decision of a sweep again from its log; 1 if one comes out otherwise")
    .argument("<id>", "the sweep", as(Id))
    .action(
      act(async ({ output, connect, signal }, id: string) => {
        const replay = await (await connect()).sweeps.replay(id, { signal });
        output.answer(replay, () => describeReplay(replay));
        return replay.differences.length === 0 ? 0 : 1;
      }),
    );
}

function describeReplay(replay: ReplayAnswer): string {
  const { asks, prunes, promotions, unlogged, differences } = replay;
  const made = [
    formatCount(asks, "ask"),
    formatCount(prunes, "pruner's decision"),
    formatCount(promotions, "promotion"),
  ].join(", ");
  const found =
    differences.length === 0
      ? "no difference"
      : `${differences.length} came out otherwise, the first:`;
  return [
    `${made} made again: ${found}`,
    ...differences.slice(0, 5).map(({ kind, number, at, recorded, recomputed }) => {
      const whose = number === null ? "" : ` of run ${number}`;
      return `  ${kind}${whose} at ${at}: ${JSON.stringify(recorded)}, now ${JSON.stringify(recomputed)}`;
    }),
    ...(unlogged === 0
      ? []
      : [`${formatCount(unlogged, "decision")} older than the log passed over`]),
  ].join("\n");
}

function parseAs<T>(schema: z.ZodType<T>, input: unknown, refusal: string): T {
  requirePlainJson(input);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_request", refusal, { errors: toFieldErrors(parsed.error) });
}
