import {
  type CurveBands,
  type CurveLine,
  type CurveX,
  type Id,
  parseFilter,
  type RunState,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { foldCurves, type NumberCurve, placesOf, thinCurve } from "./foldCurves.js";
import { Prisma } from "./generated/client.js";
import { runFilter } from "./runFilter.js";
import { shorten } from "./sweepColumns.js";
import { sweepNotFound } from "./sweepView.js";

export interface CurveBandsQuery {
  readonly metric: string;
  readonly filter?: string | undefined;
  readonly x: CurveX;
  /** The best so many runs are answered as lines. */
  readonly lines: number;
  /** So are these, by number. */
  readonly numbers?: readonly number[] | undefined;
}

/** Runs that train are lines, but no more than can be told apart. */
const MOST_RUNNING = 50;
/** As many runs as are best shown each as itself. */
const FEW = 50;

interface PackedRun {
  readonly number: number;
  readonly state: RunState;
  readonly objective: number | null;
  readonly excluded: boolean;
  /** Points of its curve. */
  readonly points: number;
}

/**
 * One metric of all of a sweep's runs: quantiles at each place along x, and some runs as lines.
 * Runs that have ended are read as the packed curves of `run_curves`, others as their points;
 * 10,000 runs of 50 epochs come as a few megabytes of bytes in one row.
 * @throws {AppError} `not_found`; `invalid_request` for a filter that makes no sense.
 */
export async function sweepCurveBands(
  db: Db,
  projectId: Id,
  sweepId: Id,
  query: CurveBandsQuery,
): Promise<CurveBands> {
  const sweep = await db.prisma.sweep.findFirst({
    where: { id: sweepId, projectId },
    select: { objectiveDirection: true, nextNumber: true },
  });
  if (sweep === null) throw sweepNotFound(sweepId);
  const { runs, total } = await readPacked(db, sweepId, query);
  const isWhole = query.x === "epoch";
  const [first, last] = ends(runs.map(({ curve }) => curve.x));
  const places = placesOf(isWhole ? first : 0, last, isWhole);
  const folded = foldCurves(
    runs.filter(({ run }) => !run.excluded).map(({ curve }) => curve),
    places,
  );
  const chosen = chooseLines(
    runs.map(({ run }) => run),
    query,
    sweep.objectiveDirection === "minimize",
  );
  return {
    metric: query.metric,
    total,
    measured: runs.length,
    x: folded.x.map(toShort),
    counts: folded.counts,
    quantiles: folded.quantiles.map((line) => line.map(toShort)),
    lines: runs
      .filter(({ run }) => chosen.has(run.number))
      .map(({ run: { number, state, objective }, curve }): CurveLine => {
        const thin = thinCurve(curve, places);
        return {
          number,
          state,
          objective: shorten(objective),
          x: thin.x.map((at) => toShort(at) ?? 0),
          values: thin.values.map(toShort),
        };
      }),
  };
}

const toShort = <T extends number>(value: T) => shorten(Number.isFinite(value) ? value : null) as T;

function ends(xs: readonly ArrayLike<number>[]): [first: number, last: number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const x of xs) {
    first = Math.min(first, x[0] ?? first);
    last = Math.max(last, x[x.length - 1] ?? last);
  }
  return [first, last];
}

function chooseLines(
  runs: readonly PackedRun[],
  { lines, numbers = [] }: CurveBandsQuery,
  minimize: boolean,
): Set<number> {
  const shown = runs.filter((run) => !run.excluded);
  if (shown.length <= FEW && lines > 0)
    return new Set([...shown.map(({ number }) => number), ...numbers]);
  const best = shown
    .filter((run) => run.objective !== null)
    .sort((a, b) => {
      const difference = (a.objective ?? 0) - (b.objective ?? 0);
      return (minimize ? difference : -difference) || a.number - b.number;
    })
    .slice(0, lines);
  const running = shown.filter(({ state }) => state === "running").slice(-MOST_RUNNING);
  return new Set([...[...best, ...running].map(({ number }) => number), ...numbers]);
}

interface PackedRow {
  readonly runs: string;
  readonly total: number;
  readonly x: Uint8Array | null;
  readonly values: Uint8Array | null;
}

async function readPacked(db: Db, sweepId: Id, { metric, filter, x }: CurveBandsQuery) {
  const fits =
    filter === undefined || filter.trim() === ""
      ? Prisma.empty
      : Prisma.sql`and ${runFilter(parseFilter(filter))}`;
  const [packedX, pointX] =
    x === "epoch"
      ? [Prisma.sql`c.steps`, Prisma.sql`int4send(p.step)`]
      : [
          Prisma.sql`c.seconds`,
          Prisma.sql`float4send(to_float4(extract(epoch from p.at - r.started_at)::float8))`,
        ];
  const [row] = await db.prisma.$queryRaw<PackedRow[]>`
    with curves as (
      select r.number, r.state, r.objective, r.excluded_at, ${packedX} as x, c.values
      from runs r join run_curves c on c.run_id = r.id and c.name = ${metric}
      where r.sweep_id = ${sweepId}::uuid and r.ended_at is not null ${fits}
      union all
      select r.number, r.state, r.objective, r.excluded_at, l.x, l.values
      from runs r
      cross join lateral (
        select string_agg(${pointX}, '' order by p.step) as x,
          string_agg(float4send(to_float4(p.value)), '' order by p.step) as values
        from metric_points p where p.run_id = r.id and p.name = ${metric}
      ) l
      where r.sweep_id = ${sweepId}::uuid and r.ended_at is null and r.epoch > 0
        and l.x is not null ${fits}
    )
    select (select count(*)::int from runs where sweep_id = ${sweepId}::uuid) as total,
      coalesce(json_agg(json_build_object('number', number, 'state', state, 'objective', objective,
        'excluded', excluded_at is not null, 'points', length(x) / 4) order by number), '[]')::text
        as runs,
      string_agg(x, '' order by number) as x, string_agg(values, '' order by number) as values
    from curves`;
  const runs = JSON.parse(row?.runs ?? "[]") as PackedRun[];
  return { total: row?.total ?? 0, runs: unpack(runs, row ?? null, x === "epoch") };
}

/** Cuts the bytes of all curves into each run's own; what follows a run's end is another's. */
function unpack(runs: readonly PackedRun[], row: PackedRow | null, isWhole: boolean) {
  const x = viewOf(row?.x ?? new Uint8Array());
  const values = viewOf(row?.values ?? new Uint8Array());
  let at = 0;
  return runs.map((run) => {
    const curve = { x: new Float64Array(run.points), values: new Float64Array(run.points) };
    for (let index = 0; index < run.points; index++, at += 4) {
      curve.x[index] = isWhole ? x.getInt32(at) : x.getFloat32(at);
      curve.values[index] = values.getFloat32(at);
    }
    return { run, curve: curve satisfies NumberCurve };
  });
}

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
