import { AppError, type WorkerView } from "@sweepyard/contract";
import type { Command } from "commander";
import type { Act, Context } from "../context.js";

export function addWorkerCommands(program: Command, act: Act): void {
  const worker = program
    .command("worker")
    .description("have a worker take no more runs, or resume");

  worker
    .command("drain <worker>")
    .description("take no more runs; its own go on to their end (name or id)")
    .option("--hand-back", "give its runs to other workers at once, from their last checkpoint")
    .option("--wait", "until none of its slots is busy, so that it can be stopped")
    .action(
      act(async ({ output, connect, signal }: Context, name: string, options: DrainOptions) => {
        const client = await connect();
        const { id } = await findWorker(client, name, signal);
        const runs = options.handBack === true ? "hand_back" : "finish";
        let drained = await client.workers.drain(id, { runs }, { signal });
        while (options.wait === true && busySlots(drained) > 0) {
          await pause(signal);
          drained = await findWorker(client, id, signal);
        }
        output.answer(drained, () => tellDrained(drained));
      }),
    );

  worker
    .command("resume <worker>")
    .description("take runs again after a drain (name or id)")
    .action(
      act(async ({ output, connect, signal }: Context, name: string) => {
        const client = await connect();
        const { id } = await findWorker(client, name, signal);
        const resumed = await client.workers.resume(id, { signal });
        output.answer(resumed, () => `${resumed.name} takes runs again`);
      }),
    );
}

interface DrainOptions {
  readonly handBack?: boolean;
  readonly wait?: boolean;
}

const LOOK_MS = 1_000;

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, LOOK_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

const busySlots = ({ slots }: WorkerView) => slots.filter(({ runId }) => runId !== null).length;

function tellDrained(worker: WorkerView): string {
  const busy = busySlots(worker);
  return busy === 0
    ? `${worker.name} is drained: it can be stopped`
    : `${worker.name} takes no more runs; ${busy} of its slots are still busy`;
}

/** @throws {AppError} `not_found`; `conflict` if several workers that are here have the name. */
async function findWorker(
  client: Awaited<ReturnType<Context["connect"]>>,
  name: string,
  signal: AbortSignal,
): Promise<WorkerView> {
  const { items } = await client.workers.list({ signal });
  const byId = items.find(({ id }) => id === name);
  if (byId !== undefined) return byId;
  const here = items.filter(({ state }) => state === "active" || state === "draining");
  const [found, ...more] = here.filter((worker) => worker.name === name);
  if (found === undefined)
    throw new AppError("not_found", `no worker named ${name} is here: see \`sweepyard workers\``);
  if (more.length > 0)
    throw new AppError(
      "conflict",
      `${more.length + 1} workers are named ${name}; give an id: ${[found, ...more].map(({ id }) => id).join(", ")}`,
    );
  return found;
}
