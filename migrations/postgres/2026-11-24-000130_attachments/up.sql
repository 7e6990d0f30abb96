-- Uploaded pictures, without their contents: those are in the store of contents, sealed with the key of this row.
CREATE TABLE attachments (
    id uuid NOT NULL CONSTRAINT attachments_pkey PRIMARY KEY,
    account_id uuid NOT NULL,
    media_type text NOT NULL CONSTRAINT attachments_media_type_known CHECK (media_type IN ('image/jpeg', 'image/png')),
    -- The content before it is sealed.
    bytes integer NOT NULL CONSTRAINT attachments_bytes_positive CHECK (bytes > 0),
    width integer NOT NULL CONSTRAINT attachments_width_positive CHECK (width > 0),
    height integer NOT NULL CONSTRAINT attachments_height_positive CHECK (height > 0),
    -- Goes when the picture is discarded: content without its key is unreadable, whatever becomes of its file.
    content_key_sealed bytea,
    state text NOT NULL CONSTRAINT attachments_state_known CHECK (state IN ('uploading', 'stored', 'attached', 'recorded', 'discarded')),
    application_id uuid CONSTRAINT attachments_application_id_fkey REFERENCES applications (id),
    -- The record that it is part of, in whatever table of the agent's, where it is no application's.
    agent_id uuid,
    record_id uuid,
    -- Its place in the application's or the record's list.
    position integer,
    created_at timestamptz NOT NULL,
    CONSTRAINT attachments_state_whole CHECK (
        (state = 'attached') = (application_id IS NOT NULL)
        AND (state = 'recorded') = (agent_id IS NOT NULL)
        AND (state = 'recorded') = (record_id IS NOT NULL)
        AND (state IN ('attached', 'recorded')) = (position IS NOT NULL)
    ),
    CONSTRAINT attachments_key_whole CHECK ((state = 'discarded') = (content_key_sealed IS NULL))
);

CREATE INDEX attachments_by_account ON attachments (account_id, id);
CREATE UNIQUE INDEX attachments_position_key ON attachments (application_id, position) WHERE application_id IS NOT NULL;
CREATE UNIQUE INDEX attachments_record_position_key ON attachments (agent_id, record_id, position) WHERE record_id IS NOT NULL;
-- What the clean-up looks for.
CREATE INDEX attachments_unattached ON attachments (created_at) WHERE state IN ('uploading', 'stored');
CREATE INDEX attachments_discarded ON attachments (id) WHERE state = 'discarded';
