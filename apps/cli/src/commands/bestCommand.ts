import { type BestAnswer, Direction, Id } from "@sweepyard/contract";
import type { Command } from "commander";
import { as } from "../argumentParsers.js";
import { commandName } from "../commandName.js";
import type { Act, Context } from "../context.js";
import { formatFigure } from "../format/figures.js";
import { formatParams } from "../format/params.js";
import { renderFields } from "../format/table.js";

interface BestOptions {
  readonly sweep?: string;
  readonly metric?: string;
  readonly direction?: Direction;
  readonly filter?: string;
}

export function addBestCommand(program: Command, act: Act): void {
  program
    .command("best")
    .description("the best completed run of a sweep, or of the whole project")
    .option("--sweep <id>", "of this sweep only", as(Id))
    .option("--metric <name>", "such as test.accuracy; default: the sweep's objective")
    .option("--direction <direction>", "minimize or maximize", as(Direction))
    .option("--filter <expression>", "among these runs, such as 'params.depth = 2'")
    .action(
      act(async ({ output, connect, signal }: Context, { sweep, ...query }: BestOptions) => {
        const { metric, direction, filter } = query;
        const wanted = { metric, direction, filter };
        const client = await connect();
        const best =
          sweep === undefined
            ? await client.runs.best(wanted, { signal })
            : await client.sweeps.best(sweep, wanted, { signal });
        output.answer(best, () => renderBest(best, output.colors));
      }),
    );
}

function renderBest(best: BestAnswer, colors: Context["output"]["colors"]): string {
  const fields: [string, string][] = [
    ["run", `${colors.bold(best.name)}  ${best.runId}`],
    ["params", formatParams(best.params)],
    [best.metric, formatFigure(best.value)],
  ];
  if (best.test !== null)
    fields.push(
      ["test accuracy", formatFigure(best.test.accuracy)],
      ["test macro F1", formatFigure(best.test.f1Macro)],
    );
  const passedOver = describePassedOver(best.passedOver);
  if (best.ties.length > 0) fields.push(["as good", best.ties.join(", ")]);
  if (passedOver !== "") fields.push(["passed over", passedOver]);
  const next = `  ${commandName} promote ${best.runId} --model <name>`;
  return `${renderFields(fields, colors)}\n${next}`;
}

const PASSED_OVER: Readonly<Record<keyof BestAnswer["passedOver"], string>> = {
  excluded: "excluded",
  unsuccessful: "failed, diverged, pruned or cancelled",
  unfinished: "unfinished",
  withoutMetric: "without the metric",
  infeasible: "against a constraint",
  filtered: "not let through by the filter",
};

/** Why the other runs could not win: `2 excluded, 1 unfinished`. */
const describePassedOver = (counts: BestAnswer["passedOver"]): string =>
  (Object.keys(PASSED_OVER) as (keyof typeof PASSED_OVER)[])
    .filter((why) => counts[why] > 0)
    .map((why) => `${counts[why]} ${PASSED_OVER[why]}`)
    .join(", ");
