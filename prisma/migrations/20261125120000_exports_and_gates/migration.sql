-- A run's model in other formats, made when first asked for.
CREATE TABLE "model_exports" (
    "run_id" UUID NOT NULL,
    "format" TEXT NOT NULL,
    "artifact_id" UUID NOT NULL,
    "figures" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_exports_pkey" PRIMARY KEY ("run_id", "format")
);
CREATE INDEX "model_exports_artifact_id_idx" ON "model_exports"("artifact_id");
ALTER TABLE "model_exports" ADD CONSTRAINT "model_exports_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "model_exports" ADD CONSTRAINT "model_exports_artifact_id_fkey" FOREIGN KEY ("artifact_id") REFERENCES "artifacts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "models"
    ADD COLUMN "policy" JSONB,
    ADD COLUMN "keep_versions" INTEGER;

ALTER TABLE "model_versions"
    ADD COLUMN "dataset_name" TEXT,
    ADD COLUMN "dataset_version" INTEGER,
    ADD COLUMN "code_version" TEXT,
    ADD COLUMN "licence" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT '{}';
UPDATE "model_versions" v SET "dataset_name" = d."name", "dataset_version" = d."version"
    FROM "runs" r JOIN "datasets" d ON d."id" = r."dataset_id" WHERE r."id" = v."run_id";

-- The trail now tells of all that is done to a model, not of its aliases alone.
ALTER TABLE "model_alias_changes" RENAME TO "model_changes";
ALTER TABLE "model_changes" RENAME CONSTRAINT "model_alias_changes_pkey" TO "model_changes_pkey";
ALTER TABLE "model_changes" RENAME CONSTRAINT "model_alias_changes_model_id_fkey" TO "model_changes_model_id_fkey";
ALTER INDEX "model_alias_changes_model_id_at_idx" RENAME TO "model_changes_model_id_at_idx";
ALTER TABLE "model_changes"
    ADD COLUMN "action" TEXT NOT NULL DEFAULT 'alias',
    ALTER COLUMN "alias" DROP NOT NULL,
    ALTER COLUMN "to_version" DROP NOT NULL;
ALTER TABLE "model_changes" ALTER COLUMN "action" DROP DEFAULT;

-- Every promotion that was asked for, with the figure of each gate.
CREATE TABLE "promotions" (
    "id" UUID NOT NULL,
    "model_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "alias" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "gates" JSONB NOT NULL DEFAULT '[]',
    "forced" TEXT[] NOT NULL DEFAULT '{}',
    "force_reason" TEXT,
    "asked_by" TEXT NOT NULL,
    "asked_key" UUID NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "decided_by" TEXT,
    "decision_reason" TEXT,
    "decided_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "promotions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "promotions_state_check" CHECK ("state" IN ('promoted', 'refused', 'waiting', 'rejected'))
);
CREATE INDEX "promotions_model_id_created_at_idx" ON "promotions"("model_id", "created_at");
ALTER TABLE "promotions" ADD CONSTRAINT "promotions_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "artifacts" DROP CONSTRAINT "artifacts_kind_check",
    ADD CONSTRAINT "artifacts_kind_check" CHECK ("kind" IN ('dataset', 'checkpoint', 'best_checkpoint', 'weights', 'model', 'output', 'export'));
