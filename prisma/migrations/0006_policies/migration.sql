-- Every edit of the policy; the newest counts.

CREATE TABLE "policies" (
    "generation" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),

    CONSTRAINT "policies_pkey" PRIMARY KEY ("generation")
);
