-- What a token may at most, one scope a line; null = all that its owner may.
ALTER TABLE "credentials" ADD COLUMN "scopes" TEXT;
