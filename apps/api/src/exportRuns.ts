import { once } from "node:events";
import {
  type CsvCell,
  csvLine,
  type ListRuns,
  paramText,
  type RouteRequest,
  type RunView,
} from "@sweepyard/contract";
import { listRuns, runColumnNames } from "@sweepyard/db";
import type { ApiDeps } from "./apiDeps.js";
import type { RouteContext } from "./routeHandlers.js";

const PAGE = 500;

/** Sends every run that a list would show as one file, a page of the list at a time. */
export async function exportRuns(
  { db }: ApiDeps,
  { format, ...query }: RouteRequest<"runs.export">["query"],
  { auth, res, signal }: RouteContext,
): Promise<void> {
  const { projectId } = auth;
  // The first page is read before the head is sent: a filter that can't be read is still a problem.
  let page = await listRuns(db, projectId, { ...query, limit: PAGE } satisfies ListRuns);
  const names = format === "csv" ? await runColumnNames(db, projectId, query.sweepId) : null;
  res.writeHead(200, {
    "Content-Type": format === "csv" ? "text/csv; charset=utf-8" : "application/json",
    "Content-Disposition": `attachment; filename="runs.${format}"`,
    "Cache-Control": "no-store",
  });
  const write = async (text: string) => {
    if (!res.write(text)) await once(res, "drain", { signal });
  };
  await write(names === null ? "[" : csvLine(headOf(names)));
  for (let isFirst = true; ; isFirst = false) {
    const lines = page.items.map((run) =>
      names === null ? JSON.stringify(run) : csvLine(cellsOf(run, names)),
    );
    if (names !== null) await write(lines.join(""));
    else if (lines.length > 0) await write(`${isFirst ? "\n" : ",\n"}${lines.join(",\n")}`);
    if (page.nextCursor === null) break;
    signal.throwIfAborted();
    page = await listRuns(db, projectId, { ...query, limit: PAGE, cursor: page.nextCursor });
  }
  res.end(names === null ? "\n]\n" : "");
}

interface Names {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
}

const headOf = ({ params, metrics }: Names): string[] => [
  ...["id", "sweep", "number", "name", "state", "state_reason", "objective", "epoch", "epochs"],
  ...["train_ms", "worker", "slot", "created_at", "started_at", "ended_at", "excluded", "tags"],
  "note",
  ...params.map((name) => `params.${name}`),
  ...metrics.map((name) => `metrics.${name}`),
];

const cellsOf = (run: RunView, { params, metrics }: Names): CsvCell[] => [
  ...[run.id, run.sweepName, run.number, run.name, run.state, run.stateReason, run.objective],
  ...[run.epoch, run.epochs, run.trainMs, run.workerName, run.slot, run.createdAt, run.startedAt],
  ...[run.endedAt, run.excluded?.reason ?? null, run.tags.join(" "), run.note],
  ...params.map((name) => toCell(run.params[name])),
  ...metrics.map((name) => run.metrics[name] ?? null),
];

function toCell(value: RunView["params"][string] | undefined): CsvCell {
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? paramText(value) : value;
}
