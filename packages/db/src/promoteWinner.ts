import type { Id, PromoteWinner, WinnerPromotion } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvent } from "./events.js";
import { promoteWithin } from "./promoteRun.js";
import { type Asker, type JudgedGates, whyRefused } from "./settlePromotion.js";

/** A completed sweep whose winner is to be promoted. */
export interface FinishedSweep {
  readonly id: Id;
  readonly projectId: Id;
  readonly name: string;
  /** Of its settings: it completes at most once at each. */
  readonly version: number;
  readonly promote: PromoteWinner;
  readonly asker: Asker;
  /** The run that was judged when it completed before; null: none was. */
  readonly judgedRunId: Id | null;
}

interface FinishedRow extends Omit<FinishedSweep, "asker">, Asker {}

/** Completed sweeps with a wish to promote of which nothing has come yet, oldest first. */
export async function unjudgedSweeps(db: Db): Promise<FinishedSweep[]> {
  const rows = await db.prisma.$queryRaw<FinishedRow[]>`
    select s.id, s.project_id as "projectId", s.name, s.version, s.promote,
      s.promote_key as "keyId", s.created_by as "keyName",
      case when w.state not in ('no_winner', 'failed') then w.run_id end as "judgedRunId"
    from sweeps s left join sweep_promotions w on w.sweep_id = s.id
    where s.promote is not null and s.state = 'completed'
      and (w.sweep_id is null or w.sweep_version < s.version)
    order by s.ended_at limit 100`;
  return rows.map(({ keyId, keyName, ...sweep }) => ({ ...sweep, asker: { keyId, keyName } }));
}

/**
 * Promotes a sweep's winner and keeps what came of it, in one transaction: of many who try, and
 * however often, one does it for each time that the sweep completes.
 * @param judged what the gates found, where the model's policy guards the alias.
 * @returns false if it was done already, or the sweep has gone on meanwhile.
 * @throws {AppError} `conflict` as `promoteRun` does, but not where a gate refuses: that is kept.
 */
export async function promoteWinner(
  db: Db,
  sweep: FinishedSweep,
  runId: Id,
  judged?: JudgedGates,
): Promise<boolean> {
  const { projectId, name, asker, promote } = sweep;
  const why = `winner of the sweep "${name}"`;
  const asked = { ...promote, reason: promote.reason === "" ? why : `${why}: ${promote.reason}` };
  return db.prisma.$transaction(async (tx) => {
    if (!(await holdUnjudged(tx, sweep))) return false;
    const { version, promotion } = await promoteWithin(tx, projectId, asker, runId, asked, judged);
    await keepOutcome(tx, sweep, {
      state: promotion?.state ?? "promoted",
      runId,
      version: version.version,
      promotionId: promotion?.id ?? null,
      detail: whyRefused(promotion?.failed ?? []),
    });
    return true;
  });
}

/** Keeps why a sweep has nothing to promote. @returns as `promoteWinner`. */
export async function promoteNothing(
  db: Db,
  sweep: FinishedSweep,
  why: Pick<WinnerPromotion, "state" | "runId" | "detail">,
): Promise<boolean> {
  return db.prisma.$transaction(async (tx) => {
    if (!(await holdUnjudged(tx, sweep))) return false;
    await keepOutcome(tx, sweep, { ...why, version: null, promotionId: null });
    return true;
  });
}

/**
 * Lets stand what came of it before: the sweep was extended and its winner is still the same run.
 * To judge it again would undo what somebody has done to the alias since. @returns as `promoteWinner`.
 */
export async function keepPromotion(db: Db, sweep: FinishedSweep): Promise<boolean> {
  const { id: sweepId, version: sweepVersion } = sweep;
  return db.prisma.$transaction(async (tx) => {
    if (!(await holdUnjudged(tx, sweep))) return false;
    await tx.sweepPromotion.update({ where: { sweepId }, data: { sweepVersion } });
    return true;
  });
}

/** Whether the sweep is still as it was found; its row is held until the transaction ends. */
async function holdUnjudged(tx: Tx, { id, version }: FinishedSweep): Promise<boolean> {
  const [held] = await tx.$queryRaw<unknown[]>`
    select 1 from sweeps where id = ${id}::uuid and state = 'completed' and version = ${version}
    for no key update`;
  if (held === undefined) return false;
  const known = await tx.sweepPromotion.findUnique({ where: { sweepId: id } });
  return known === null || known.sweepVersion < version;
}

interface Outcome extends Pick<WinnerPromotion, "state" | "runId" | "version" | "detail"> {
  readonly promotionId: Id | null;
}

async function keepOutcome(tx: Tx, sweep: FinishedSweep, outcome: Outcome): Promise<void> {
  const { id: sweepId, version: sweepVersion, projectId } = sweep;
  const row = { ...outcome, sweepVersion, judgedAt: new Date() };
  await tx.sweepPromotion.upsert({
    where: { sweepId },
    create: { sweepId, ...row },
    update: row,
  });
  await recordEvent(tx, projectId, { type: "sweep.changed", sweepId });
}
