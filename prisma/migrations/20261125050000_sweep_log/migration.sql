-- What each sweep's sampler has seen and said, in one order: see contract's SweepLogEntry.
CREATE TABLE "sweep_log" (
    "sweep_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "tx" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "kind" TEXT NOT NULL,
    "entry" JSON NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sweep_log_pkey" PRIMARY KEY ("sweep_id", "seq")
);

ALTER TABLE "sweep_log" ADD CONSTRAINT "sweep_log_sweep_id_fkey" FOREIGN KEY ("sweep_id") REFERENCES "sweeps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Who changed what: few rows among many.
CREATE INDEX "sweep_log_settings_idx" ON "sweep_log"("sweep_id") WHERE "kind" = 'settings';

ALTER TABLE "sweeps"
    ADD COLUMN "log_seq" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "target" DOUBLE PRECISION,
    ADD COLUMN "terminator" JSONB;

ALTER TABLE "runs"
    ADD COLUMN "point" INTEGER,
    ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "unobserved" BOOLEAN NOT NULL DEFAULT false;

-- Runs whose state the log does not tell yet.
CREATE INDEX "runs_unobserved_idx" ON "runs"("sweep_id") WHERE "unobserved";

-- Sweeps made before there was a log get one: their settings, then every run.
INSERT INTO "sweep_log" ("sweep_id", "seq", "kind", "entry", "at")
SELECT "id", 1, 'settings', json_build_object('kind', 'settings', 'version', 1, 'space', "space",
    'sampler', "sampler", 'pruner', "pruner", 'actor', "created_by", 'changes', '{}'::json,
    'reason', '', 'withdrawn', 0), "created_at"
FROM "sweeps";

INSERT INTO "sweep_log" ("sweep_id", "seq", "kind", "entry", "at")
SELECT "sweep_id", "number" + 1, 'ask', json_build_object('kind', 'ask', 'point', "number",
    'version', 1, 'params', "params", 'by', 'unlogged', 'reason', "sampler_reason",
    'runs', json_build_array(json_build_object('number', "number", 'epochs', "epochs"))),
    "created_at"
FROM "runs" WHERE "sweep_id" IS NOT NULL;

UPDATE "sweeps" SET "log_seq" = "next_number";

UPDATE "runs" SET "point" = "number", "unobserved" = ("excluded_at" IS NOT NULL OR "state" NOT IN ('queued', 'running'))
WHERE "sweep_id" IS NOT NULL;
