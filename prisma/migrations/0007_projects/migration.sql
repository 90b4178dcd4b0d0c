-- One spelling of the address of a cluster: scheme and host in lower case, no default port, no trailing slash. Where
-- two rows would become one, both stay as they are: a person has to decide.
CREATE FUNCTION pg_temp.canonical_server(server TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN server !~ '^[A-Za-z][A-Za-z0-9+.-]*://' THEN btrim(server) ELSE
    regexp_replace(
      regexp_replace(lower(substring(btrim(server) FROM '^[^:]+://[^/?#]*')), '^(https://.*):443$', '\1'),
      '^(http://.*):80$', '\1')
    || rtrim(COALESCE(substring(btrim(server) FROM '^[^:]+://[^/?#]*([^?#]*)'), ''), '/') END
$$;

UPDATE "clusters" AS c SET "server" = pg_temp.canonical_server(c."server")
  WHERE c."server" <> pg_temp.canonical_server(c."server") AND NOT EXISTS (
    SELECT 1 FROM "clusters" o
    WHERE o."id" <> c."id" AND pg_temp.canonical_server(o."server") = pg_temp.canonical_server(c."server"));

UPDATE "applications" SET "destination_server" = pg_temp.canonical_server("destination_server")
  WHERE "destination_server" <> pg_temp.canonical_server("destination_server");

-- What people and generators tell clusters apart by.
ALTER TABLE "clusters" ADD COLUMN "labels" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "clusters" ADD COLUMN "annotations" JSONB NOT NULL DEFAULT '{}';
-- Namespaced mode: only these; empty = all.
ALTER TABLE "clusters" ADD COLUMN "namespaces" TEXT[] DEFAULT ARRAY[]::TEXT[];
