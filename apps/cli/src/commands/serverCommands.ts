import type { QueueView, WorkerView } from "@sweepyard/contract";
import type { Command } from "commander";
import type { Act, Context } from "../context.js";
import { formatAge, formatDuration, NONE } from "../format/figures.js";
import { formatCounts } from "../format/sweepText.js";
import { renderFields, renderTable } from "../format/table.js";

type Colors = Context["output"]["colors"];

interface WorkerRow {
  readonly worker: WorkerView;
  /** Null: it has none, only coordinates. */
  readonly slot: WorkerView["slots"][number] | null;
}

export function addServerCommands(program: Command, act: Act): void {
  program
    .command("queue")
    .description("what waits, what runs, and why")
    .action(
      act(async ({ output, connect, signal }: Context) => {
        const queue = await (await connect()).queue.get({ signal });
        output.answer(queue, () => renderQueue(queue, output.colors));
      }),
    );

  program
    .command("workers")
    .description("workers and what their slots do")
    .action(
      act(async ({ output, connect, signal }: Context) => {
        const { items } = await (await connect()).workers.list({ signal });
        output.answer({ items }, () => renderWorkers(items, output.colors, Date.now()));
      }),
    );

  program
    .command("login-link")
    .description("a link that logs one browser in to the dashboard, once")
    .action(
      act(async ({ output, connect, signal }: Context) => {
        const link = await (await connect()).session.createLink({ signal });
        output.answer(link, () => link.url);
      }),
    );
}

function renderQueue(queue: QueueView, colors: Colors): string {
  const { runs, slots, longestWaitMs, waitReason, jobs } = queue;
  const fields: [string, string][] = [
    ["runs", formatCounts(runs)],
    ["slots", `${slots.busy} of ${slots.total} busy`],
  ];
  if (longestWaitMs !== null) fields.push(["longest wait", formatDuration(longestWaitMs)]);
  if (waitReason !== null) fields.push(["why", waitReason]);
  if (jobs === null) fields.push(["jobs", colors.yellow("Redis does not answer")]);
  if (jobs === null || jobs.length === 0) return renderFields(fields, colors);
  const table = renderTable(
    jobs,
    [
      { head: "queue", cell: (job) => job.queue },
      { head: "waiting", cell: (job) => String(job.waiting + job.prioritized), align: "right" },
      { head: "active", cell: (job) => String(job.active), align: "right" },
      { head: "delayed", cell: (job) => String(job.delayed), align: "right" },
      { head: "failed", cell: (job) => String(job.failed), align: "right" },
    ],
    colors,
  );
  return `${renderFields(fields, colors)}\n\n${table}`;
}

function renderWorkers(workers: readonly WorkerView[], colors: Colors, now: number): string {
  if (workers.length === 0) return "no worker has registered: runs wait until one does";
  const rows = workers.flatMap((worker): WorkerRow[] =>
    worker.slots.length === 0
      ? [{ worker, slot: null }]
      : worker.slots.map((slot) => ({ worker, slot })),
  );
  return renderTable(
    rows,
    [
      { head: "worker", cell: ({ worker }) => worker.name },
      { head: "state", cell: ({ worker }) => worker.trouble ?? worker.state },
      { head: "drained by", cell: ({ worker }) => worker.drain?.by ?? NONE },
      { head: "slot", cell: ({ slot }) => String(slot?.slot ?? NONE), align: "right" },
      { head: "device", cell: ({ slot }) => slot?.device ?? NONE },
      { head: "run", cell: ({ slot }) => slot?.runName ?? colors.dim("idle") },
      { head: "seen", cell: ({ worker }) => formatAge(worker.lastSeenAt, now), align: "right" },
    ],
    colors,
  );
}
