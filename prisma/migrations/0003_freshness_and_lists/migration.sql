-- When each cluster was last observed: one row per cluster, never one per application. Statuses with a sequence up to
-- "since_sequence" were not compared since its owner began to observe it.
CREATE TABLE "cluster_heartbeats" (
    "cluster_id" TEXT NOT NULL,
    "observed_at" TIMESTAMPTZ(3),
    "since_sequence" BIGINT NOT NULL,
    "blind_kinds" JSONB NOT NULL,

    CONSTRAINT "cluster_heartbeats_pkey" PRIMARY KEY ("cluster_id")
);

ALTER TABLE "cluster_heartbeats" ADD CONSTRAINT "cluster_heartbeats_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "clusters"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- When the heads of a repository were last read with success.
ALTER TABLE "repositories" ADD COLUMN "heads_checked_at" TIMESTAMPTZ(3);

UPDATE "repositories" r SET "heads_checked_at" = h."checked_at"
FROM (SELECT "repository_id", max("checked_at") AS "checked_at" FROM "repository_heads" GROUP BY 1) h WHERE h."repository_id" = r."id";

-- More columns for lists, derived from "spec" at every write. "head_ref": the head that a single source follows.
-- "pinned": all sources are commits, so no head counts. "search": what free text looks in, in lower case.
ALTER TABLE "applications"
    ADD COLUMN "head_ref" TEXT,
    ADD COLUMN "pinned" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "destination_namespace" TEXT,
    ADD COLUMN "auto_sync" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "search" TEXT COLLATE "C" NOT NULL DEFAULT '';

WITH parts AS (
    SELECT a."id", x.*
    FROM "applications" a, LATERAL (
        SELECT count(*) AS sources, min(COALESCE(s->>'targetRevision', '')) AS revision,
            bool_and(COALESCE(s->>'targetRevision', '') ~ '^[0-9a-f]{40}$') AS pinned,
            string_agg(COALESCE(s->>'repoURL', '') || E'\n' || COALESCE(s->>'path', ''), E'\n') AS places
        FROM jsonb_path_query(a."spec", CASE WHEN jsonb_path_exists(a."spec", '$.sources[0]') THEN '$.sources[*]'::jsonpath ELSE '$.source' END) AS s
    ) x
)
UPDATE "applications" a SET
    "head_ref" = CASE WHEN p.sources <> 1 OR p.pinned THEN NULL WHEN p.revision IN ('', 'HEAD') THEN 'HEAD'
        WHEN p.revision LIKE 'refs/%' THEN p.revision ELSE 'refs/heads/' || p.revision END,
    "pinned" = COALESCE(p.pinned, false),
    "destination_namespace" = a."spec" #>> '{destination,namespace}',
    "auto_sync" = jsonb_path_exists(a."spec", '$.syncPolicy.automated') AND COALESCE(a."spec" #>> '{syncPolicy,automated,enabled}', 'true') <> 'false',
    "search" = lower((a."name" || E'\n' || a."project" || E'\n' || COALESCE(p.places, '')) COLLATE "C")
FROM parts p WHERE p."id" = a."id";

CREATE INDEX "applications_project_name_namespace_idx" ON "applications"("project", "name", "namespace");

CREATE INDEX "applications_created_at_name_namespace_idx" ON "applications"("created_at", "name", "namespace");

CREATE INDEX "applications_destination_namespace_idx" ON "applications"("destination_namespace");

CREATE INDEX "applications_labels_idx" ON "applications" USING GIN ("labels");

CREATE INDEX "application_status_sync_idx" ON "application_status"("sync");

CREATE INDEX "application_status_health_idx" ON "application_status"("health");

-- Free text by trigrams. A database that does not have or permit the extension searches without the index.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX "applications_search_idx" ON "applications" USING GIN ("search" gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
    RAISE NOTICE 'free text in lists has no index: %', SQLERRM;
END
$$;
