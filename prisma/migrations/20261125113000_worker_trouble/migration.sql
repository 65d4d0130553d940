-- Why a worker that is alive does not work, in words; null while it does.
ALTER TABLE "workers" ADD COLUMN "trouble" TEXT;
