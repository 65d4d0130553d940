-- Of what is there, how much more a sweep or a project gets than another of its priority.
ALTER TABLE "sweeps" ADD COLUMN "weight" DOUBLE PRECISION NOT NULL DEFAULT 1,
    ADD CONSTRAINT "sweeps_weight_check" CHECK ("weight" > 0);
ALTER TABLE "projects" ADD COLUMN "weight" DOUBLE PRECISION NOT NULL DEFAULT 1,
    ADD CONSTRAINT "projects_weight_check" CHECK ("weight" > 0);
