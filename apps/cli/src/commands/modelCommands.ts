import {
  AliasName,
  AppError,
  GATES,
  Gate,
  Id,
  ModelName,
  type ModelVersionView,
  type ModelView,
} from "@sweepyard/contract";
import type { Command } from "commander";
import { as, asList } from "../argumentParsers.js";
import { commandName } from "../commandName.js";
import type { Act, Context } from "../context.js";
import { formatAge, formatFigure, NONE } from "../format/figures.js";
import { formatParams } from "../format/params.js";
import { renderTable } from "../format/table.js";

interface PromoteOptions {
  readonly model: string;
  readonly alias: string;
  readonly reason?: string;
  readonly force?: Gate[];
}

export function addModelCommands(program: Command, act: Act): void {
  program
    .command("promote")
    .description("make a run's model a version and point an alias at it")
    .argument("<run>", "the run's id", as(Id))
    .requiredOption("--model <name>", "the model in the registry; made when new", as(ModelName))
    .option("--alias <name>", "what to point at it", as(AliasName), "champion")
    .option("--reason <text>", "kept with the version; needed with --force")
    .option(
      "--force <gates>",
      `pass over these gates, separated by commas: ${GATES.join(", ")}`,
      asList(Gate),
    )
    .action(
      act(async ({ output, connect, signal }: Context, run: string, options: PromoteOptions) => {
        const { model, alias, reason, force: gates } = options;
        if (gates !== undefined && !reason?.trim())
          throw new AppError(
            "invalid_request",
            "--force needs --reason: it is kept with the gates",
          );
        const force = gates === undefined ? undefined : { gates, reason: reason ?? "" };
        const client = await connect();
        const version = await client.runs.promote(run, { model, alias, reason, force }, { signal });
        output.answer(version, () => describePromotion(version, alias));
      }),
    );

  program
    .command("models")
    .description("list models, their versions and aliases")
    .action(
      act(async ({ output, connect, signal }: Context) => {
        const { items } = await (await connect()).models.list({ signal });
        output.answer({ items }, () => renderModels(items, output.colors, Date.now()));
      }),
    );
}

function describePromotion(version: ModelVersionView, alias: string): string {
  const { model, version: number, runName } = version;
  if (!version.aliases.includes(alias))
    return `${model} version ${number}, from run ${runName}, waits for approval to become ${alias}`;
  return [
    `${model} version ${number} is ${alias}, from run ${runName}`,
    `  ${commandName} predict <image or rows.json> --model ${model}@${alias}`,
  ].join("\n");
}

function renderModels(
  models: readonly ModelView[],
  colors: Context["output"]["colors"],
  now: number,
): string {
  const versions = models.flatMap((model) => model.versions);
  if (versions.length === 0) return `no models yet: ${commandName} promote <run> --model <name>`;
  return renderTable(
    versions,
    [
      { head: "model", cell: ({ model }) => model },
      { head: "version", cell: ({ version }) => String(version), align: "right" },
      { head: "aliases", cell: ({ aliases }) => aliases.join(", ") || NONE },
      { head: "params", cell: ({ params }) => formatParams(params) },
      {
        head: "test acc.",
        cell: ({ metrics }) => formatFigure(metrics["test.accuracy"]),
        align: "right",
      },
      { head: "promoted", cell: (v) => `${formatAge(v.createdAt, now)} by ${v.promotedBy}` },
      { head: "run", cell: ({ runId }) => runId },
    ],
    colors,
  );
}
