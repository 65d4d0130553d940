-- How another version is tried on the champion's requests.
ALTER TABLE "models" ADD COLUMN "challenger" JSONB;

-- What a run's model finds in its training rows: what drift is measured against.
CREATE TABLE "model_baselines" (
    "run_id" UUID NOT NULL,
    "baseline" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_baselines_pkey" PRIMARY KEY ("run_id")
);
ALTER TABLE "model_baselines" ADD CONSTRAINT "model_baselines_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What a version has answered within an hour, added up from all processes.
CREATE TABLE "served_hours" (
    "model_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(6) NOT NULL,
    "version" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "against" INTEGER NOT NULL DEFAULT 0,
    "requests" BIGINT NOT NULL,
    "rows" BIGINT NOT NULL,
    "errors" BIGINT NOT NULL,
    "compared" BIGINT NOT NULL,
    "agreed" BIGINT NOT NULL,
    "latencies" BIGINT[] NOT NULL DEFAULT '{}',
    "classes" BIGINT[] NOT NULL DEFAULT '{}',
    "inputs" BIGINT[] NOT NULL DEFAULT '{}',

    CONSTRAINT "served_hours_pkey" PRIMARY KEY ("model_id","hour","version","role","against"),
    CONSTRAINT "served_hours_role_check" CHECK ("role" IN ('live', 'canary', 'shadow'))
);
ALTER TABLE "served_hours" ADD CONSTRAINT "served_hours_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Added number by number; the longer array's tail stays as it is.
CREATE FUNCTION "add_counts"("a" BIGINT[], "b" BIGINT[]) RETURNS BIGINT[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY i), '{}')
    FROM unnest("a", "b") WITH ORDINALITY AS pairs(x, y, i)
$$;
