-- When a sweep last began a run: whose turn it is.
CREATE INDEX "runs_sweep_id_started_at_idx" ON "runs" ("sweep_id", "started_at");
