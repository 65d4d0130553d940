-- A sweep whose winner is promoted once it ends: to what, and by which key's wish.
ALTER TABLE "sweeps" ADD COLUMN "promote" JSONB,
    ADD COLUMN "promote_key" UUID,
    ADD CONSTRAINT "sweeps_promote_key_check" CHECK (("promote" IS NULL) = ("promote_key" IS NULL));
CREATE INDEX "sweeps_promote_idx" ON "sweeps"("ended_at") WHERE "promote" IS NOT NULL AND "state" = 'completed';

-- What came of it: written in the transaction of the promotion itself.
CREATE TABLE "sweep_promotions" (
    "sweep_id" UUID NOT NULL,
    "sweep_version" INTEGER NOT NULL,
    "run_id" UUID,
    "version" INTEGER,
    "promotion_id" UUID,
    "state" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '',
    "judged_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sweep_promotions_pkey" PRIMARY KEY ("sweep_id"),
    CONSTRAINT "sweep_promotions_state_check" CHECK ("state" IN ('promoted', 'refused', 'waiting', 'no_winner', 'failed'))
);
CREATE UNIQUE INDEX "sweep_promotions_promotion_id_key" ON "sweep_promotions"("promotion_id");
ALTER TABLE "sweep_promotions" ADD CONSTRAINT "sweep_promotions_sweep_id_fkey" FOREIGN KEY ("sweep_id") REFERENCES "sweeps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "sweep_promotions" ADD CONSTRAINT "sweep_promotions_promotion_id_fkey" FOREIGN KEY ("promotion_id") REFERENCES "promotions"("id") ON DELETE SET NULL ON UPDATE CASCADE;
