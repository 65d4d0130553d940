-- Of a checkpoint: the run that it was copied from, by population based training.
ALTER TABLE "artifacts" ADD COLUMN "copied_from" UUID;
