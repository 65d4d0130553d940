import { type AskedRun, Id, Measured, type ParamValue } from "@sweepyard/contract";
import { type Command, InvalidArgumentError } from "commander";
import { as, asCount } from "../argumentParsers.js";
import type { Act } from "../context.js";
import { EXIT } from "../failure.js";
import { formatParams } from "../format/params.js";
import { waitForRuns } from "./waitForRuns.js";

/** What a trainer outside Sweepyard says by the command line: a shell script can be one. */
export function addAskTellCommands(sweep: Command, act: Act): void {
  sweep
    .command("ask")
    .description("take runs of a sweep with trainer {kind: external}, to train them here")
    .argument("<id>", "the sweep", as(Id))
    .option("-n, --count <count>", "at most so many", asCount, 1)
    .option("--worker <name>", "who trains, as people are to see it")
    .option(
      "--lease <seconds>",
      "without a report the run goes to another after so long",
      asSeconds,
    )
    .option("-w, --wait", "until there is a run, or the sweep is over", false)
    .option("--shell", "print one run as assignments for eval: RUN, ATTEMPT, SEED, PARAM_…", false)
    .addHelpText(
      "after",
      "\nExit code 5: the sweep is over. 6: there is no run just now, ask again.",
    )
    .action(
      act(async ({ output, connect, signal }, id: string, options: AskOptions) => {
        const { count, worker, lease, wait, shell } = options;
        const body = {
          count: shell ? 1 : count,
          ...(worker !== undefined && { worker }),
          ...(lease !== undefined && { lease_seconds: lease }),
        };
        const client = await connect();
        const ask = () => client.sweeps.ask(id, body, { signal });
        const answer = wait ? await waitForRuns(ask, signal) : await ask();
        const [first] = answer.runs;
        if (first === undefined) {
          if (output.json) output.answer(answer, () => "");
          else output.progress(answer.reason ?? `the sweep is ${answer.state}`);
          return answer.done ? EXIT.stop : EXIT.later;
        }
        output.answer(answer, () =>
          shell ? toAssignments(first) : answer.runs.map(describeRun).join("\n"),
        );
      }),
    );

  sweep
    .command("report")
    .description("report metrics of a step of a run that was asked for, and renew its lease")
    .argument("<run>", "the run", as(Id))
    .argument("<metrics...>", "such as loss=0.31 val_loss=nan")
    .requiredOption("--attempt <number>", "as ask told it", asCount)
    .requiredOption("--step <number>", "counted from 1", asCount)
    .option("--lease <seconds>", "renew the lease for so long", asSeconds)
    .addHelpText("after", "\nExit code 5: stop, the run is to go on no further.")
    .action(
      act(
        async ({ output, connect, signal }, run: string, pairs: string[], options: StepOptions) => {
          const { attempt, step, lease } = options;
          const body = {
            attempt,
            rows: [{ step, values: toValues(pairs) }],
            ...(lease !== undefined && { lease_seconds: lease }),
          };
          const client = await connect();
          const answer = await client.runs.recordSteps(run, body, { signal });
          output.answer(answer, () => (answer.goOn ? "go on" : `stop: ${answer.reason}`));
          return answer.goOn ? EXIT.ok : EXIT.stop;
        },
      ),
    );

  sweep
    .command("tell")
    .description("tell the end of a run that was asked for")
    .argument("<run>", "the run", as(Id))
    .argument("[metrics...]", "final values, where they are not those of the last report")
    .requiredOption("--attempt <number>", "as ask told it", asCount)
    .option("--state <state>", "completed, diverged or failed", asEnd, "completed")
    .option("--error <text>", "what went wrong; it has failed")
    .option("--no-retry", "another attempt would fail in the same way")
    .addHelpText("after", "\nExit code 5: it came too late, another attempt has taken over.")
    .action(
      act(
        async ({ output, connect, signal }, run: string, pairs: string[], options: EndOptions) => {
          const { attempt, error, retry } = options;
          const state = error === undefined ? options.state : "failed";
          const body = {
            attempt,
            state,
            values: toValues(pairs),
            ...(state === "failed" && {
              error: { message: error ?? "its trainer gave no reason", retryable: retry },
            }),
          };
          const client = await connect();
          const told = await client.runs.tell(run, body, { signal });
          output.answer(told, () =>
            told.accepted ? `the run is ${told.state}` : `not recorded: the run is ${told.state}`,
          );
          return told.accepted ? EXIT.ok : EXIT.stop;
        },
      ),
    );
}

interface AskOptions {
  readonly count: number;
  readonly worker?: string;
  readonly lease?: number;
  readonly wait: boolean;
  readonly shell: boolean;
}

interface StepOptions {
  readonly attempt: number;
  readonly step: number;
  readonly lease?: number;
}

const ENDS = ["completed", "diverged", "failed"] as const;

interface EndOptions {
  readonly attempt: number;
  readonly state: (typeof ENDS)[number];
  readonly error?: string;
  readonly retry: boolean;
}

function asEnd(text: string): (typeof ENDS)[number] {
  const end = ENDS.find((each) => each === text);
  if (end !== undefined) return end;
  throw new InvalidArgumentError(`is none of ${ENDS.join(", ")}`);
}

function asSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError("is no number of seconds from 1 to 86400");
}

const WORDS: Readonly<Record<string, string>> = {
  nan: "NaN",
  inf: "Infinity",
  "+inf": "Infinity",
  infinity: "Infinity",
  "-inf": "-Infinity",
  "-infinity": "-Infinity",
};

/** `name=number` each; NaN and the infinities as C, Python and awk print them. */
function toValues(pairs: readonly string[]): Record<string, number | "NaN"> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, text = ""] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
      const word = WORDS[text.toLowerCase()];
      const value = word ?? (text.trim() === "" ? Number.NaN : Number(text));
      const isNumber = word !== undefined || !Number.isNaN(value);
      if (name === undefined || !isNumber || !Measured.safeParse(value).success)
        throw new InvalidArgumentError(`"${pair}" is no metric such as loss=0.31`);
      return [name, value as number | "NaN"];
    }),
  );
}

const describeRun = ({ run, number, attempt, seed, params }: AskedRun): string =>
  `#${number} ${run} attempt ${attempt} seed ${seed} ${formatParams(params)}`;

/** Assignments that a POSIX shell reads: everything is quoted, names are letters and digits. */
function toAssignments({ run, number, attempt, seed, params }: AskedRun): string {
  const variables = [
    ["RUN", run],
    ["NUMBER", number],
    ["ATTEMPT", attempt],
    ["SEED", seed],
    ...Object.entries(params).map(
      ([name, value]) => [`PARAM_${name.replace(/\W/g, "_")}`, value] as const,
    ),
  ] as const;
  return variables.map(([name, value]) => `${name}=${quote(value)}`).join("\n");
}

const quote = (value: ParamValue): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "'\\''")}'`;
};
