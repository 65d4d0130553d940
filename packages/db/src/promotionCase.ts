import { type Id, type PromotionPolicy, Report } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { type ExportSource, exportSource } from "./modelExports.js";
import { aliasTarget } from "./moveAlias.js";
import { guardOf, type JudgedGates } from "./settlePromotion.js";

/** What the gates judge. */
export interface PromotionCase extends Omit<JudgedGates, "gates"> {
  readonly source: ExportSource;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly report: Report | null;
  readonly modelBytes: number;
  /** SHA-256 of the champion's .onnx file; null: there is none, or it is the candidate itself. */
  readonly championModel: string | null;
  /** The `seeds` gate's metric of the completed runs of the same plan, each of another seed. */
  readonly seedFigures: readonly (number | null)[];
}

interface AliasGuard {
  readonly modelId: Id;
  /** Null: the alias moves freely. */
  readonly policy: PromotionPolicy | null;
  /** The version that the alias points at; null: none. */
  readonly champion: number | null;
}

/** What guards an alias, and what it points at; null: there is no such model yet. */
export async function readGuard(
  db: Db,
  projectId: Id,
  { model, alias }: { readonly model: string; readonly alias: string },
): Promise<AliasGuard | null> {
  const row = await db.prisma.model.findUnique({
    where: { projectId_name: { projectId, name: model } },
    select: { id: true },
  });
  if (row === null) return null;
  const [policy, champion] = await Promise.all([
    guardOf(db.prisma, row.id, alias),
    aliasTarget(db.prisma, row.id, alias),
  ]);
  return { modelId: row.id, policy, champion };
}

/** What there is to judge before an alias is moved to a run's model; null where nothing guards it. */
export async function promotionCase(
  db: Db,
  projectId: Id,
  runId: Id,
  { model, alias }: { readonly model: string; readonly alias: string },
): Promise<PromotionCase | null> {
  const guard = await readGuard(db, projectId, { model, alias });
  if (guard?.policy == null) return null;
  const { modelId, policy, champion } = guard;
  const source = await exportSource(db, projectId, runId);
  const [run, report, file, held] = await Promise.all([
    db.prisma.run.findUniqueOrThrow({ where: { id: runId }, select: { metrics: true } }),
    db.prisma.report.findUnique({ where: { runId } }),
    db.prisma.artifact.findFirst({ where: { runId, kind: "model" }, select: { bytes: true } }),
    champion === null
      ? null
      : db.prisma.modelVersion.findUnique({
          where: { modelId_version: { modelId, version: champion } },
          select: { sha256: true, runId: true },
        }),
  ]);
  return {
    policy,
    champion,
    source,
    metrics: run.metrics as Record<string, number | null>,
    report: report === null ? null : Report.parse(report.report),
    modelBytes: Number(file?.bytes ?? 0),
    championModel: held === null || held.runId === runId ? null : held.sha256,
    seedFigures:
      policy.seeds === undefined
        ? []
        : await seedFigures(db, projectId, runId, policy.seeds.metric),
  };
}

/** Of the completed runs, not excluded, whose plan differs in its seed alone; this one included. */
async function seedFigures(
  db: Db,
  projectId: Id,
  runId: Id,
  metric: string,
): Promise<(number | null)[]> {
  const rows = await db.prisma.$queryRaw<{ figure: number | null }[]>`
    select distinct on (r.plan ->> 'seed') (r.metrics ->> ${metric})::float8 as figure
    from runs own join runs r on r.project_id = own.project_id and r.dataset_id = own.dataset_id
      and r.plan - 'seed' = own.plan - 'seed'
    where own.id = ${runId}::uuid and own.project_id = ${projectId}::uuid
      and r.state = 'completed' and r.excluded_at is null
    order by r.plan ->> 'seed', r.created_at`;
  return rows.map(({ figure }) => figure);
}
