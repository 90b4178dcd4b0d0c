-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "password_hash" TEXT,
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credentials" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "projects" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "generation" INTEGER NOT NULL,

    CONSTRAINT "projects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "clusters" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "server" TEXT NOT NULL,
    "project" TEXT,
    "uid" TEXT,
    "version" TEXT,
    "sealed_credential" BYTEA NOT NULL,
    "connection_status" TEXT NOT NULL,
    "connection_message" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "clusters_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repositories" (
    "id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "normalized_url" TEXT NOT NULL,
    "name" TEXT,
    "project" TEXT,
    "username" TEXT,
    "insecure_tls" BOOLEAN NOT NULL,
    "sealed_credential" BYTEA,
    "connection_status" TEXT NOT NULL,
    "connection_message" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "repositories_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repository_heads" (
    "repository_id" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "commit" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "repository_heads_pkey" PRIMARY KEY ("repository_id","ref")
);

-- CreateTable
CREATE TABLE "applications" (
    "id" TEXT NOT NULL,
    "namespace" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "labels" JSONB NOT NULL,
    "annotations" JSONB NOT NULL,
    "spec" JSONB NOT NULL,
    "project" TEXT NOT NULL,
    "destination_server" TEXT,
    "destination_name" TEXT,
    "repositories" TEXT[],
    "generation" INTEGER NOT NULL,
    "deletion" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "applications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "application_desired" (
    "application_id" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "revisions" JSONB NOT NULL,
    "render_keys" JSONB NOT NULL,
    "inputs" JSONB NOT NULL,
    "error" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "application_desired_pkey" PRIMARY KEY ("application_id")
);

-- CreateTable
CREATE TABLE "application_status" (
    "application_id" TEXT NOT NULL,
    "sync" TEXT NOT NULL,
    "health" TEXT NOT NULL,
    "health_message" TEXT,
    "revisions" JSONB NOT NULL,
    "conditions" JSONB NOT NULL,
    "resources" JSONB NOT NULL,
    "observed_generation" INTEGER NOT NULL,
    "observed_at" TIMESTAMPTZ(3) NOT NULL,
    "sequence" BIGINT NOT NULL,

    CONSTRAINT "application_status_pkey" PRIMARY KEY ("application_id")
);

-- CreateTable
CREATE TABLE "managed_objects" (
    "application_id" TEXT NOT NULL,
    "api_group" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "uid" TEXT,
    "field_set" TEXT,
    "applied_hash" TEXT,
    "desired_hash" TEXT,

    CONSTRAINT "managed_objects_pkey" PRIMARY KEY ("application_id","api_group","kind","namespace","name")
);

-- CreateTable
CREATE TABLE "field_sets" (
    "id" TEXT NOT NULL,
    "content" TEXT NOT NULL,

    CONSTRAINT "field_sets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "renders" (
    "key" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "renders_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "operations" (
    "id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "username" TEXT NOT NULL,
    "automated" BOOLEAN NOT NULL,
    "revisions" JSONB NOT NULL,
    "message" TEXT NOT NULL,
    "retry_count" INTEGER NOT NULL,
    "results" JSONB NOT NULL,
    "idempotency_key" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "operations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation_steps" (
    "operation_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "result" JSONB,

    CONSTRAINT "operation_steps_pkey" PRIMARY KEY ("operation_id","sequence")
);

-- CreateTable
CREATE TABLE "deployments" (
    "id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "revisions" JSONB NOT NULL,
    "render_keys" JSONB NOT NULL,
    "operation_id" TEXT NOT NULL,
    "initiated_by" TEXT NOT NULL,
    "deployed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deployments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "project" TEXT,
    "details" JSONB,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "settings" (
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE UNIQUE INDEX "credentials_token_hash_key" ON "credentials"("token_hash");

-- CreateIndex
CREATE INDEX "credentials_user_id_idx" ON "credentials"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "projects_name_key" ON "projects"("name");

-- CreateIndex
CREATE UNIQUE INDEX "clusters_name_key" ON "clusters"("name");

-- CreateIndex
CREATE UNIQUE INDEX "clusters_server_key" ON "clusters"("server");

-- CreateIndex
CREATE UNIQUE INDEX "repositories_normalized_url_key" ON "repositories"("normalized_url");

-- CreateIndex
CREATE INDEX "applications_project_idx" ON "applications"("project");

-- CreateIndex
CREATE INDEX "applications_destination_server_idx" ON "applications"("destination_server");

-- CreateIndex
CREATE INDEX "applications_destination_name_idx" ON "applications"("destination_name");

-- CreateIndex
CREATE INDEX "applications_repositories_idx" ON "applications" USING GIN ("repositories");

-- CreateIndex
CREATE UNIQUE INDEX "applications_name_namespace_key" ON "applications"("name", "namespace");

-- CreateIndex
CREATE INDEX "application_status_sequence_idx" ON "application_status"("sequence");

-- CreateIndex
CREATE UNIQUE INDEX "operations_idempotency_key_key" ON "operations"("idempotency_key");

-- CreateIndex
CREATE INDEX "operations_application_id_started_at_idx" ON "operations"("application_id", "started_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "operations_one_active" ON "operations"("application_id") WHERE (finished_at IS NULL);

-- CreateIndex
CREATE INDEX "deployments_application_id_deployed_at_idx" ON "deployments"("application_id", "deployed_at" DESC);

-- AddForeignKey
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_heads" ADD CONSTRAINT "repository_heads_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "application_desired" ADD CONSTRAINT "application_desired_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "applications"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "application_status" ADD CONSTRAINT "application_status_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "applications"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "managed_objects" ADD CONSTRAINT "managed_objects_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "applications"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation_steps" ADD CONSTRAINT "operation_steps_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand: one number per flush of statuses, and names sort by bytes everywhere (COLLATE "C" above).
CREATE SEQUENCE "application_status_sequence";
