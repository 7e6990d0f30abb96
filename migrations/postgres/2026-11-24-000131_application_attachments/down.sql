ALTER TABLE applications ADD COLUMN attachments_sealed bytea NOT NULL DEFAULT '';
