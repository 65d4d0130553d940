-- Runs of programs: what they print, the files they leave, and the workers that take them.
ALTER TABLE "attempts" ADD COLUMN "log" TEXT;

ALTER TABLE "workers" ADD COLUMN "commands" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "artifacts" DROP CONSTRAINT "artifacts_kind_check";
ALTER TABLE "artifacts"
    ADD CONSTRAINT "artifacts_kind_check" CHECK ("kind" IN ('dataset', 'checkpoint', 'best_checkpoint', 'weights', 'model', 'output'));
