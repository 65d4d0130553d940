-- The curves of runs that have ended, packed: a metric of a run is one row instead of one for each
-- step, so that a chart of ten thousand runs reads ten thousand rows and not half a million.
-- metric_points stays the truth; these rows are made from it and may be made again at any time.
CREATE TABLE "run_curves" (
    "run_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "steps" BYTEA NOT NULL,
    "seconds" BYTEA NOT NULL,
    "values" BYTEA NOT NULL,

    CONSTRAINT "run_curves_pkey" PRIMARY KEY ("run_id","name")
);

ALTER TABLE "run_curves" ADD CONSTRAINT "run_curves_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A cast of what float4 can't hold is an error in Postgres; here it is zero or an infinity.
CREATE FUNCTION to_float4(value float8) RETURNS float4 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value = 'NaN' OR abs(value) = 'Infinity' THEN value::float4
        WHEN abs(value) > 3.4e38 THEN (sign(value) * float8 'Infinity')::float4
        WHEN abs(value) < 1.2e-38 THEN 0::float4
        ELSE value::float4
    END
$$;

CREATE FUNCTION pack_run_curves(run UUID, began TIMESTAMPTZ) RETURNS void LANGUAGE sql AS $$
    DELETE FROM run_curves WHERE run_id = run;
    INSERT INTO run_curves (run_id, name, steps, seconds, "values")
    SELECT run, name,
        string_agg(int4send(step), '' ORDER BY step),
        string_agg(float4send(to_float4(extract(epoch FROM at - coalesce(began, at))::float8)), '' ORDER BY step),
        string_agg(float4send(to_float4(value)), '' ORDER BY step)
    FROM metric_points WHERE run_id = run GROUP BY name;
$$;

CREATE FUNCTION pack_ended_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pack_run_curves(new.id, new.started_at);
    RETURN NULL;
END
$$;

-- Deferred, since the last points may be written after the state in the same transaction.
CREATE CONSTRAINT TRIGGER runs_pack_curves AFTER UPDATE OF ended_at ON runs
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (new.ended_at IS NOT NULL AND old.ended_at IS DISTINCT FROM new.ended_at)
    EXECUTE FUNCTION pack_ended_run();

SELECT pack_run_curves(id, started_at) FROM runs WHERE ended_at IS NOT NULL;
