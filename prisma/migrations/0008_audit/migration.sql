-- Who did what: where it came from, how it ended, and the chain that shows what was changed afterwards.

ALTER TABLE "audit_events"
    ADD COLUMN "object_id" TEXT,
    ADD COLUMN "outcome" TEXT NOT NULL DEFAULT 'ACCEPTED',
    ADD COLUMN "operation" TEXT,
    ADD COLUMN "source" TEXT,
    ADD COLUMN "credential" TEXT;

-- Newest first, alone and under each filter. What is not accepted is rare and looked for often.
CREATE INDEX "audit_events_at_idx" ON "audit_events" ("at", "id");
CREATE INDEX "audit_events_actor_idx" ON "audit_events" ("actor", "at", "id");
CREATE INDEX "audit_events_action_idx" ON "audit_events" ("action", "at", "id");
CREATE INDEX "audit_events_object_idx" ON "audit_events" ("object", "at", "id");
CREATE INDEX "audit_events_project_idx" ON "audit_events" ("project", "at", "id");
CREATE INDEX "audit_events_outcome_idx" ON "audit_events" ("outcome", "at", "id") WHERE "outcome" <> 'ACCEPTED';

-- Words for the free text: the same expression stands in the search. The objects that an operation wrote are words too.
CREATE INDEX "audit_events_words_idx" ON "audit_events" USING GIN (to_tsvector('simple', translate(
    "actor" || ' ' || "action" || ' ' || "object" || ' ' || coalesce("project", '') || ' '
        || coalesce("details" ->> 'objects', '') || ' ' || coalesce("details" ->> 'reason', ''),
    '/-_.:,;"[]{}()@=', '                ')));

-- The chain: one link per event, in the order in which events were found committed. Links are only added; the oldest go
-- together with their events when these are too old to be kept.
CREATE TABLE "audit_links" (
    "position" BIGINT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_links_pkey" PRIMARY KEY ("position")
);
CREATE UNIQUE INDEX "audit_links_event_id_key" ON "audit_links" ("event_id");

-- Both ends of the chain, signed: `newest` is the last link, `base` the last one that was let go.
CREATE TABLE "audit_ends" (
    "name" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    -- Every event up to this id has its link, or will never be there.
    "settled" BIGINT NOT NULL,
    "signature" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_ends_pkey" PRIMARY KEY ("name")
);
