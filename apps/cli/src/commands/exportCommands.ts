import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "@sweepyard/client";
import {
  AliasName,
  AppError,
  EXPORT_EXTENSIONS,
  EXPORT_FORMATS,
  ExportFormat,
  type ExportView,
  ModelName,
  type ModelVersionView,
} from "@sweepyard/contract";
import type { Command } from "commander";
import { as } from "../argumentParsers.js";
import type { Act, Context } from "../context.js";
import { formatFigure, NONE } from "../format/figures.js";
import { renderTable } from "../format/table.js";

const NAME = "the model; @alias or @version after it, else @champion";

/** `sweepyard model …`: what is done with versions that exist. */
export function addExportCommands(program: Command, act: Act): void {
  const model = program.command("model").description("export, compare and roll back versions");

  model
    .command("export")
    .description("download a version in a format")
    .argument("<name>", NAME)
    .requiredOption("--format <format>", EXPORT_FORMATS.join(", "), as(ExportFormat))
    .option("-o, --output <file>", "where to write it")
    .action(
      act(async ({ output, connect, signal }: Context, spec: string, options: ExportOptions) => {
        const client = await connect();
        const { model: name, version } = await findVersion(client, spec, signal);
        const { format } = options;
        const file = options.output ?? `${name}-v${version}${EXPORT_EXTENSIONS[format]}`;
        const response = await client.models.export(name, version, format, { signal });
        if (response.body === null) throw new AppError("internal", "the server sent no file");
        await pipeline(Readable.fromWeb(response.body), createWriteStream(file), { signal });
        output.answer({ model: name, version, format, file }, () => `${file}`);
      }),
    );

  model
    .command("exports")
    .description("size, accuracy and latency of a version in every format")
    .argument("<name>", NAME)
    .option("--measure", "make what is missing, and run each file on the whole test split, first")
    .action(
      act(async ({ output, connect, signal }, spec: string, options: { measure?: boolean }) => {
        const client = await connect();
        const { model: name, version } = await findVersion(client, spec, signal);
        const { items } = options.measure
          ? await client.models.measureExports(name, version, {}, { signal })
          : await client.models.exports(name, version, { signal });
        output.answer({ items }, () => renderExports(items, output.colors));
      }),
    );

  model
    .command("rollback")
    .description("point an alias back at the version it pointed at before")
    .argument("<name>", "the model", as(ModelName))
    .option("--alias <alias>", "the alias", as(AliasName), "champion")
    .option("--reason <text>", "kept in the model's trail")
    .action(
      act(async ({ output, connect, signal }, name: string, options: RollbackOptions) => {
        const { alias, reason } = options;
        const client = await connect();
        const version = await client.models.rollback(name, alias, { reason }, { signal });
        output.answer(version, () => `${alias} of ${name} is version ${version.version} again`);
      }),
    );
}

interface ExportOptions {
  readonly format: ExportFormat;
  readonly output?: string;
}

interface RollbackOptions {
  readonly alias: string;
  readonly reason?: string;
}

/** The version that `name`, `name@alias` or `name@3` stands for. */
async function findVersion(
  client: Client,
  spec: string,
  signal: AbortSignal,
): Promise<ModelVersionView> {
  const [name = "", which = "champion"] = spec.split("@");
  const { versions } = await client.models.get(name, { signal });
  const found = versions.find(
    ({ version, aliases }) => String(version) === which || aliases.includes(which),
  );
  if (found !== undefined) return found;
  throw new AppError("not_found", `model "${name}" has no alias or version "${which}"`);
}

function renderExports(
  exports: readonly ExportView[],
  colors: Context["output"]["colors"],
): string {
  if (exports.length === 0)
    return "nothing exported yet: --measure makes and measures every format";
  return renderTable(
    exports,
    [
      { head: "format", cell: ({ format }) => format },
      { head: "bytes", cell: ({ bytes }) => String(bytes), align: "right" },
      {
        head: "accuracy",
        cell: ({ figures }) => formatFigure(figures?.accuracy ?? null),
        align: "right",
      },
      {
        head: "as trained",
        cell: ({ figures }) => formatFigure(figures?.agreement ?? null),
        align: "right",
      },
      {
        head: "ms a row",
        cell: ({ figures }) => formatFigure(figures?.latencyMs ?? null),
        align: "right",
      },
      { head: "measured with", cell: ({ figures }) => figures?.measuredWith ?? NONE },
    ],
    colors,
  );
}
