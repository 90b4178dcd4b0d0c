-- Not before this time the next attempt of a failed sync: it survives restarts and changes of owner.
ALTER TABLE "operations" ADD COLUMN "not_before" TIMESTAMPTZ(3);

-- A step says what was planned or done, for several objects at once.
ALTER TABLE "operation_steps" RENAME COLUMN "result" TO "content";
ALTER TABLE "operation_steps" ADD COLUMN "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- The request that created it: asked again, it answers this application.
ALTER TABLE "applications" ADD COLUMN "idempotency_key" TEXT;

CREATE UNIQUE INDEX "applications_idempotency_key_key" ON "applications"("idempotency_key");

-- Since when nothing refers to it; the garbage collector waits before it deletes.
ALTER TABLE "field_sets" ADD COLUMN "unused_since" TIMESTAMPTZ(3);
