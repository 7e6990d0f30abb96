DROP INDEX tokens_expires_at;
DROP INDEX sessions_ended_at;
DROP INDEX sessions_refreshed_at;
ALTER TABLE sessions DROP COLUMN client_sealed;
ALTER TABLE sessions DROP COLUMN refreshed_at;
