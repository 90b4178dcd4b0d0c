-- Who owns which cluster or repository. The epoch grows by one at each change of owner and fences what an old owner
-- still writes.
CREATE TABLE "leases" (
    "kind" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "owner" TEXT,
    "run" TEXT,
    "address" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "wanted_by" TEXT,

    CONSTRAINT "leases_pkey" PRIMARY KEY ("kind","id")
);

-- Makes the epoch a key column: a fenced write holds the row FOR KEY SHARE, which a take-over (a new epoch) has to wait
-- for and a renewal (a new time) has not.
CREATE UNIQUE INDEX "leases_kind_id_epoch_key" ON "leases"("kind", "id", "epoch");

CREATE TABLE "workers" (
    "id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "draining" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "workers_pkey" PRIMARY KEY ("id")
);

-- The kill switch of one cluster; the one for all is the settings row "writes-paused".
ALTER TABLE "clusters" ADD COLUMN "writes_paused" BOOLEAN NOT NULL DEFAULT false;
