-- The chain over the audit log. Append-only; each link is a keyed digest of its entry and of the link before.
CREATE TABLE audit_chain (
    sequence INTEGER NOT NULL CONSTRAINT audit_chain_sequence_positive CHECK (sequence > 0),
    entry_id BLOB NOT NULL CONSTRAINT audit_chain_entry_id_fkey REFERENCES audit_entries (id),
    digest BLOB NOT NULL CONSTRAINT audit_chain_digest_length CHECK (length(digest) = 32),
    CONSTRAINT audit_chain_pkey PRIMARY KEY (sequence),
    CONSTRAINT audit_chain_entry_id_key UNIQUE (entry_id)
) STRICT, WITHOUT ROWID;

-- Entries that are in no link yet: written with each entry, taken out by its link.
CREATE TABLE audit_pending (
    entry_id BLOB NOT NULL CONSTRAINT audit_pending_entry_id_fkey REFERENCES audit_entries (id),
    CONSTRAINT audit_pending_pkey PRIMARY KEY (entry_id)
) STRICT, WITHOUT ROWID;

INSERT INTO audit_pending (entry_id) SELECT id FROM audit_entries;
