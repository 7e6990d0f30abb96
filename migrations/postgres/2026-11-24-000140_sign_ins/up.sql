-- When tokens were last issued, and what the sign-in came from, so that its owner recognises it in a list.
ALTER TABLE sessions ADD COLUMN refreshed_at timestamptz;
UPDATE sessions SET refreshed_at = started_at;
ALTER TABLE sessions ALTER COLUMN refreshed_at SET NOT NULL;
-- Sealed: the client's address and user agent.
ALTER TABLE sessions ADD COLUMN client_sealed bytea;

-- What is removed after its time is found by these.
CREATE INDEX sessions_refreshed_at ON sessions (refreshed_at);
CREATE INDEX sessions_ended_at ON sessions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX tokens_expires_at ON tokens (expires_at);
