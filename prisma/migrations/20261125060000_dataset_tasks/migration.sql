-- AlterTable
ALTER TABLE "datasets" ADD COLUMN     "details" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "task" TEXT NOT NULL DEFAULT 'classification';
