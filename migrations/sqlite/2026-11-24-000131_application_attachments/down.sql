ALTER TABLE applications ADD COLUMN attachments_sealed BLOB NOT NULL DEFAULT x'';
