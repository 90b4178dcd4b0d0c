-- What people call a deployment: counted per application from 0, kept when older ones are collected.
ALTER TABLE "deployments" ADD COLUMN "number" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "deployments" ADD COLUMN "started_at" TIMESTAMPTZ(3);
ALTER TABLE "deployments" ADD COLUMN "automated" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "deployments" ADD COLUMN "sources" JSONB NOT NULL DEFAULT '[]';

UPDATE "deployments" d SET "number" = n."number"
FROM (SELECT "id", row_number() OVER (PARTITION BY "application_id" ORDER BY "deployed_at", "id") - 1 AS "number"
  FROM "deployments") n
WHERE n."id" = d."id";
