import {
  type Id,
  LATENCY_BUCKETS,
  latencyBound,
  type ServedTraffic,
  type ServingView,
} from "@sweepyard/contract";
import { findBaseline, getModel, type ServedTotals, servedTotals } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { driftOf } from "./drift.js";

const HOUR_MS = 3_600_000;

/** What a model's versions have answered lately, this process's last seconds included. */
export async function viewServing(
  { db, traffic }: Pick<ApiDeps, "db" | "traffic">,
  projectId: Id,
  name: string,
  hours: number,
): Promise<ServingView> {
  await traffic.flush();
  const since = new Date(Math.floor(Date.now() / HOUR_MS - hours) * HOUR_MS);
  const { challenger } = await getModel(db, projectId, name);
  const totals = await servedTotals(db, projectId, name, since);
  const versions = [...new Set(totals.map(({ version }) => version))];
  const drift = await Promise.all(
    versions.map((version) =>
      driftIn(
        db,
        totals.filter((one) => one.version === version),
      ),
    ),
  );
  return {
    challenger,
    since: since.toISOString(),
    traffic: totals.map(viewTraffic),
    drift: drift.filter((one) => one !== null),
  };
}

function viewTraffic({ compared, agreed, against, latencies, ...totals }: ServedTotals) {
  const { version, role, requests, rows, errors } = totals;
  return {
    version,
    role,
    against: against === 0 ? null : against,
    requests,
    rows,
    errors,
    comparedRows: compared,
    agreement: compared === 0 ? null : agreed / compared,
    latencyMs: latencies.some((count) => count > 0)
      ? { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) }
      : null,
  } satisfies ServedTraffic;
}

/** The upper bound of the bucket that it falls into. */
function quantile(latencies: readonly number[], share: number): number {
  const wanted = share * latencies.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const bucket = latencies.findIndex((count) => {
    seen += count;
    return seen >= wanted;
  });
  return latencyBound(bucket < 0 ? LATENCY_BUCKETS - 1 : bucket);
}

/** Of the requests that a version answered; null while its training rows have not been looked at. */
async function driftIn(db: ApiDeps["db"], totals: readonly ServedTotals[]) {
  const answered = totals.filter(({ role }) => role !== "shadow");
  const [first] = answered;
  if (first === undefined || first.runId === null) return null;
  const baseline = await findBaseline(db, first.runId);
  if (baseline === null) return null;
  const sum = (of: (one: ServedTotals) => readonly number[]) =>
    answered.reduce<number[]>((total, one) => {
      const counts = of(one);
      const length = Math.max(total.length, counts.length);
      return Array.from({ length }, (_, at) => (total[at] ?? 0) + (counts[at] ?? 0));
    }, []);
  const rows = answered.reduce((total, one) => total + one.rows, 0);
  const served = {
    version: first.version,
    rows,
    classes: sum((one) => one.classes),
    inputs: sum((one) => one.inputs),
  };
  return driftOf(baseline, served, first.classNames);
}
