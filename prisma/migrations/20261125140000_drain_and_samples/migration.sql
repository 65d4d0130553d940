-- A worker that somebody has told to take no more runs.
ALTER TABLE "workers" ADD COLUMN "drain" TEXT,
  ADD COLUMN "drained_by" TEXT,
  ADD COLUMN "drained_at" TIMESTAMPTZ(6),
  ADD COLUMN "machine_cores" INTEGER,
  ADD COLUMN "machine_memory_bytes" BIGINT;
ALTER TABLE "workers" ADD CONSTRAINT "workers_drain_check" CHECK ("drain" IN ('finish', 'hand_back'));

-- What trainers and workers take of their machines, and how the queue goes.
CREATE TABLE "attempt_samples" (
  "run_id" UUID NOT NULL,
  "attempt" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(6) NOT NULL,
  "cpu_cores" DOUBLE PRECISION NOT NULL,
  "memory_bytes" BIGINT NOT NULL,

  CONSTRAINT "attempt_samples_pkey" PRIMARY KEY ("run_id", "attempt", "at"),
  CONSTRAINT "attempt_samples_run_id_attempt_fkey" FOREIGN KEY ("run_id", "attempt") REFERENCES "attempts"("run_id", "number") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "worker_samples" (
  "worker_id" UUID NOT NULL,
  "at" TIMESTAMPTZ(6) NOT NULL,
  "cpu_cores" DOUBLE PRECISION NOT NULL,
  "memory_bytes" BIGINT NOT NULL,
  "busy" INTEGER NOT NULL,

  CONSTRAINT "worker_samples_pkey" PRIMARY KEY ("worker_id", "at"),
  CONSTRAINT "worker_samples_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "queue_samples" (
  "project_id" UUID NOT NULL,
  "at" TIMESTAMPTZ(6) NOT NULL,
  "queued" INTEGER NOT NULL,
  "running" INTEGER NOT NULL,
  "slots" INTEGER NOT NULL,

  CONSTRAINT "queue_samples_pkey" PRIMARY KEY ("project_id", "at"),
  CONSTRAINT "queue_samples_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "attempts_started_at_idx" ON "attempts"("started_at");
CREATE INDEX "attempts_ended_at_idx" ON "attempts"("ended_at");
