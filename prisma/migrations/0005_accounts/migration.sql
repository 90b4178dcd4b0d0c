-- What an account may be used for: signing in with a password, API tokens, or both.
ALTER TABLE "users" ADD COLUMN "capabilities" TEXT[] NOT NULL DEFAULT ARRAY['login', 'apiKey']::TEXT[];
ALTER TABLE "users" ADD COLUMN "password_changed_at" TIMESTAMPTZ(3);

-- A token belongs to an account, or to a role of a project and goes with the project.
ALTER TABLE "credentials" ALTER COLUMN "user_id" DROP NOT NULL;
ALTER TABLE "credentials" ADD COLUMN "project_id" TEXT REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "credentials" ADD COLUMN "role" TEXT;
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_one_owner"
  CHECK (("user_id" IS NULL) <> ("project_id" IS NULL) AND ("project_id" IS NULL) = ("role" IS NULL));

-- When and from where it is used: sessions end when they are idle for long.
ALTER TABLE "credentials" ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
ALTER TABLE "credentials" ADD COLUMN "address" TEXT;
ALTER TABLE "credentials" ADD COLUMN "agent" TEXT;

CREATE INDEX "credentials_project_id_idx" ON "credentials"("project_id");

-- Attempts to sign in, by hashed account, source address, and both; a window begins with the first attempt.
CREATE TABLE "login_attempts" (
  "key" TEXT NOT NULL,
  "count" INTEGER NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("key")
);

CREATE INDEX "login_attempts_until_idx" ON "login_attempts"("until");
