-- What a batch's results are: ranked classes, a probability of each label, or numbers.
ALTER TABLE "batches" ADD COLUMN "task" TEXT NOT NULL DEFAULT 'classification';
UPDATE "batches" b SET "task" = d."task"
    FROM "models" m
    JOIN "model_versions" v ON v."model_id" = m."id"
    JOIN "runs" r ON r."id" = v."run_id"
    JOIN "datasets" d ON d."id" = r."dataset_id"
    WHERE m."project_id" = b."project_id" AND m."name" = b."model" AND v."version" = b."version";
