-- What a sweep's pruner decided, from what, and what others could see meanwhile: a replay makes
-- each decision again from it (docs/decisions/pruning-log.md).
CREATE TABLE "pruning_log" (
    "sweep_id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "tx" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "kind" TEXT NOT NULL,
    "entry" JSON NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pruning_log_pkey" PRIMARY KEY ("sweep_id","seq")
);
ALTER TABLE "pruning_log" ADD CONSTRAINT "pruning_log_sweep_id_fkey" FOREIGN KEY ("sweep_id") REFERENCES "sweeps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Of a run that others are compared with: whether it counts as completed, as excluded, and the
-- rung that it waits at. Whatever changes these is logged in the same transaction.
CREATE FUNCTION log_run_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pruning_log (sweep_id, kind, entry)
    SELECT new.sweep_id, 'standing', json_build_object('kind', 'standing', 'number', new.number,
        'completed', new.state = 'completed', 'excluded', new.excluded_at IS NOT NULL,
        'pausedRung', new.paused_rung, 'value', new.objective)
    FROM sweeps s WHERE s.id = new.sweep_id
        AND (s.pruner ->> 'name' <> 'none' OR s.sampler ->> 'name' = 'pbt');
    RETURN NULL;
END
$$;
CREATE TRIGGER runs_log_standing AFTER UPDATE OF state, excluded_at, paused_rung ON runs
    FOR EACH ROW WHEN (new.sweep_id IS NOT NULL AND (
        (new.state = 'completed') IS DISTINCT FROM (old.state = 'completed')
        OR (new.excluded_at IS NULL) IS DISTINCT FROM (old.excluded_at IS NULL)
        OR new.paused_rung IS DISTINCT FROM old.paused_rung))
    EXECUTE FUNCTION log_run_standing();

-- Where sweeps stand that have pruned before there was a log.
INSERT INTO pruning_log (sweep_id, kind, entry)
SELECT r.sweep_id, 'standing', json_build_object('kind', 'standing', 'number', r.number,
    'completed', r.state = 'completed', 'excluded', r.excluded_at IS NOT NULL,
    'pausedRung', r.paused_rung, 'value', r.objective,
    'rungs', (SELECT coalesce(json_agg(CASE WHEN v = 'NaN' OR abs(v) = 'Infinity' THEN to_json(v::text)
        ELSE to_json(v) END ORDER BY n), '[]') FROM unnest(r.rungs) WITH ORDINALITY x(v, n)),
    'unlogged', r.pruner_reason IS NOT NULL)
FROM runs r JOIN sweeps s ON s.id = r.sweep_id
WHERE s.pruner ->> 'name' <> 'none'
    AND (r.state = 'completed' OR r.excluded_at IS NOT NULL OR r.paused_rung IS NOT NULL
        OR r.rungs <> '{}' OR r.pruner_reason IS NOT NULL)
ORDER BY r.sweep_id, r.number;
