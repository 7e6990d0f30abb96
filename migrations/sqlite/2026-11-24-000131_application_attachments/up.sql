-- What an application has attached stands in the rows of the attachments. The texts that stood here named nothing that was
-- kept.
ALTER TABLE applications DROP COLUMN attachments_sealed;
