-- What pruners remember: of each run its values at rungs, of a sweep what it has settled.
ALTER TABLE "runs"
    ADD COLUMN "rungs" DOUBLE PRECISION[] NOT NULL DEFAULT '{}',
    ADD COLUMN "paused_rung" INTEGER,
    ADD COLUMN "pruner_reason" JSONB;

ALTER TABLE "sweeps" ADD COLUMN "pruner_resource" INTEGER;
