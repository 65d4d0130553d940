-- The last finite value of each metric of runs that have ended, one row each: to find the best of a
-- hundred thousand runs, or the first page of them by a metric, reads an index's end. What a run's
-- row holds stays the truth; these rows are made from it and may be made again at any time.
CREATE TABLE "run_metrics" (
    "run_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "project_id" UUID NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "completed" BOOLEAN NOT NULL,

    CONSTRAINT "run_metrics_pkey" PRIMARY KEY ("run_id","name")
);
ALTER TABLE "run_metrics" ADD CONSTRAINT "run_metrics_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

INSERT INTO "run_metrics" (run_id, name, project_id, value, completed)
SELECT r.id, m.key, r.project_id, m.value::float8, r.state = 'completed'
FROM runs r CROSS JOIN LATERAL jsonb_each(r.metrics) m
WHERE r.ended_at IS NOT NULL AND jsonb_typeof(m.value) = 'number';
CREATE INDEX "run_metrics_project_id_name_value_run_id_completed_idx" ON "run_metrics"("project_id", "name", "value", "run_id", "completed");

CREATE FUNCTION keep_run_metrics() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM run_metrics WHERE run_id = new.id;
    INSERT INTO run_metrics (run_id, name, project_id, value, completed)
    SELECT new.id, m.key, new.project_id, m.value::float8, new.state = 'completed'
    FROM jsonb_each(new.metrics) m WHERE new.ended_at IS NOT NULL AND jsonb_typeof(m.value) = 'number';
    RETURN NULL;
END
$$;
-- A run that is queued again after its end has no rows until it ends anew.
CREATE TRIGGER runs_keep_metrics AFTER UPDATE OF ended_at, metrics ON runs
    FOR EACH ROW WHEN (old.ended_at IS DISTINCT FROM new.ended_at
        OR (new.ended_at IS NOT NULL AND old.metrics IS DISTINCT FROM new.metrics))
    EXECUTE FUNCTION keep_run_metrics();

-- What the list of sweeps adds up of their runs, read without the rows.
CREATE INDEX "runs_sweep_id_state_progress_idx" ON "runs"("sweep_id", "state", "epoch", "epochs", "started_at", "ended_at", "updated_at");
DROP INDEX "runs_sweep_id_state_idx";

-- Few runs are excluded: counts of all others are those of an index without these.
CREATE INDEX "runs_excluded_idx" ON "runs"("project_id", "state") WHERE "excluded_at" IS NOT NULL;
