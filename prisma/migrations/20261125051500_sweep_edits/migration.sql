ALTER TABLE "sweeps"
    ADD COLUMN "withdrawn" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "warm_start" UUID[] NOT NULL DEFAULT '{}',
    ADD COLUMN "forked_from" UUID;
