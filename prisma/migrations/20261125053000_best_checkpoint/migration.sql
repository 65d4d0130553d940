-- The checkpoint of a run's best epoch, where a callback of its plan chooses one, beside the last.
ALTER TABLE "artifacts" DROP CONSTRAINT "artifacts_kind_check";
ALTER TABLE "artifacts"
    ADD CONSTRAINT "artifacts_kind_check" CHECK ("kind" IN ('dataset', 'checkpoint', 'best_checkpoint', 'weights', 'model'));
