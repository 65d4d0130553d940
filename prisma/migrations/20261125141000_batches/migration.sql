-- Batch predictions: a model version's answers for a whole set of items, made by the workers.
CREATE TABLE "batches" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "model" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "model_sha256" TEXT NOT NULL,
    "class_names" TEXT[] NOT NULL,
    "source" JSONB NOT NULL,
    "input" JSONB NOT NULL,
    "input_artifact_id" UUID,
    "top_k" INTEGER NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 50,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "state_reason" TEXT,
    "items" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "batches_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "batches_state_check" CHECK ("state" IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    CONSTRAINT "batches_done_check" CHECK ("failed" <= "done" AND "done" <= "items")
);
CREATE INDEX "batches_project_id_created_at_id_idx" ON "batches"("project_id", "created_at", "id");
CREATE INDEX "batches_input_artifact_id_idx" ON "batches"("input_artifact_id");
ALTER TABLE "batches" ADD CONSTRAINT "batches_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "batches" ADD CONSTRAINT "batches_input_artifact_id_fkey" FOREIGN KEY ("input_artifact_id") REFERENCES "artifacts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "batch_chunks" (
    "batch_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "first" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "items" JSONB,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "generation" INTEGER NOT NULL DEFAULT 1,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "worker_id" UUID,
    "lease_until" TIMESTAMPTZ(6),
    "results" BYTEA,
    "item_failures" JSONB NOT NULL DEFAULT '[]',
    "error_message" TEXT,

    CONSTRAINT "batch_chunks_pkey" PRIMARY KEY ("batch_id", "number"),
    CONSTRAINT "batch_chunks_state_check" CHECK ("state" IN ('waiting', 'running', 'done', 'failed')),
    CONSTRAINT "batch_chunks_lease_check" CHECK (("state" = 'running') = ("lease_until" IS NOT NULL)),
    CONSTRAINT "batch_chunks_results_check" CHECK (("state" = 'done') = ("results" IS NOT NULL))
);
ALTER TABLE "batch_chunks" ADD CONSTRAINT "batch_chunks_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "batch_chunks" ADD CONSTRAINT "batch_chunks_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers"("id") ON DELETE SET NULL ON UPDATE CASCADE;
-- What reconcile looks at, among chunks that are done.
CREATE INDEX "batch_chunks_open_idx" ON "batch_chunks"("state") WHERE "state" IN ('waiting', 'running');

ALTER TABLE "artifacts" DROP CONSTRAINT "artifacts_kind_check",
    ADD CONSTRAINT "artifacts_kind_check" CHECK ("kind" IN ('dataset', 'checkpoint', 'best_checkpoint', 'weights', 'model', 'output', 'export', 'batch'));
