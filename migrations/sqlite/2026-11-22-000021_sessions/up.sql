-- Sign-ins, each the family of its tokens.
CREATE TABLE sessions (
    account_id BLOB NOT NULL CONSTRAINT sessions_account_id_fkey REFERENCES accounts (id),
    id BLOB NOT NULL CONSTRAINT sessions_id_length CHECK (length(id) = 16),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    CONSTRAINT sessions_pkey PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

-- Bearer tokens, known by their SHA-256 only.
CREATE TABLE tokens (
    account_id BLOB NOT NULL,
    digest BLOB NOT NULL CONSTRAINT tokens_digest_length CHECK (length(digest) = 32),
    session_id BLOB NOT NULL,
    membership_id BLOB NOT NULL,
    kind TEXT NOT NULL CONSTRAINT tokens_kind_known CHECK (kind IN ('access', 'refresh')),
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    CONSTRAINT tokens_pkey PRIMARY KEY (account_id, digest),
    CONSTRAINT tokens_session_fkey FOREIGN KEY (account_id, session_id) REFERENCES sessions (account_id, id),
    CONSTRAINT tokens_membership_fkey FOREIGN KEY (account_id, membership_id) REFERENCES memberships (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_session ON tokens (account_id, session_id);
