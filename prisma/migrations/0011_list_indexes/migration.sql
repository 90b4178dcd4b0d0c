-- Lists find what fits by indexes alone, before anything is joined: each index holds the id of the application.
DROP INDEX "application_status_sync_idx";
CREATE INDEX "application_status_sync_application_id_idx" ON "application_status"("sync", "application_id");

DROP INDEX "application_status_health_idx";
CREATE INDEX "application_status_health_application_id_idx" ON "application_status"("health", "application_id");

DROP INDEX "applications_project_name_namespace_idx";
CREATE INDEX "applications_project_name_namespace_id_idx" ON "applications"("project", "name", "namespace", "id");

-- The one above begins with the same column.
DROP INDEX "applications_project_idx";

-- What was added since the last vacuum is searched without an index: at most so many kilobytes.
ALTER INDEX "applications_labels_idx" SET (gin_pending_list_limit = 128);
ALTER INDEX "applications_repositories_idx" SET (gin_pending_list_limit = 128);
ALTER INDEX IF EXISTS "applications_search_idx" SET (gin_pending_list_limit = 128);
