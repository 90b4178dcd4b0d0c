-- A credential for every repository below a URL; repositories with one of their own do not use it.
CREATE TABLE "credential_templates" (
  "id" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "prefix" TEXT NOT NULL,
  "username" TEXT,
  "sealed_credential" BYTEA NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "credential_templates_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "credential_templates_prefix_key" ON "credential_templates"("prefix");
