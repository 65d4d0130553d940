import { Id, ImportanceMethod } from "@sweepyard/contract";
import { type Command, Option } from "commander";
import { as } from "../argumentParsers.js";
import type { Act } from "../context.js";
import { renderImportance } from "../format/importanceText.js";

interface Options {
  readonly method: ImportanceMethod;
  readonly objective?: string;
  readonly axis: "search" | "raw";
  readonly pairs: boolean;
}

/** What of a sweep's space its runs show to matter. */
export function addImportanceCommand(sweep: Command, act: Act): void {
  sweep
    .command("importance")
    .description("how much each param matters, by the runs that have completed")
    .argument("<id>", "the sweep", as(Id))
    .addOption(
      new Option("--method <name>", "how to tell")
        .choices(ImportanceMethod.options)
        .default("ped_anova"),
    )
    .option("--objective <metric>", 'one of several objectives; "pareto" is being on the front')
    .addOption(
      new Option("--axis <name>", "of fanova: raw counts a log range as Optuna does")
        .choices(["search", "raw"])
        .default("search"),
    )
    .option("--pairs", "also what two params do together", false)
    .action(
      act(async ({ output, connect, signal }, id: string, options: Options) => {
        const view = await (await connect()).sweeps.importance(id, options, { signal });
        output.answer(view, () => renderImportance(view, output.colors));
      }),
    );
}
