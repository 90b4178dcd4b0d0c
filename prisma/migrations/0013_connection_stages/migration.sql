-- Where a connection failed; empty when it did not, or when it is not known.
ALTER TABLE "clusters" ADD COLUMN "connection_stage" TEXT;
ALTER TABLE "repositories" ADD COLUMN "connection_stage" TEXT;
