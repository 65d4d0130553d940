ALTER TABLE "sweeps"
    ADD COLUMN "trainer" JSONB NOT NULL DEFAULT '{"kind": "engine"}',
    ADD COLUMN "objectives" JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN "constraints" JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN "repeats" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "folds" INTEGER;

ALTER TABLE "runs"
    ADD COLUMN "trainer" TEXT NOT NULL DEFAULT 'engine',
    ADD COLUMN "seed" BIGINT,
    ADD COLUMN "repeat" INTEGER,
    ADD COLUMN "fold" INTEGER,
    ALTER COLUMN "plan" DROP NOT NULL,
    ALTER COLUMN "engine" DROP NOT NULL,
    ALTER COLUMN "dataset_id" DROP NOT NULL,
    ADD CONSTRAINT "runs_trainer_check" CHECK ("trainer" IN ('engine', 'external', 'command')),
    -- What Sweepyard's own engines train has a plan and data; what others train has neither.
    ADD CONSTRAINT "runs_plan_check" CHECK (("trainer" = 'engine') = ("plan" IS NOT NULL AND "engine" IS NOT NULL AND "dataset_id" IS NOT NULL));
