-- Sign-ins, each the family of its tokens.
CREATE TABLE sessions (
    account_id uuid NOT NULL CONSTRAINT sessions_account_id_fkey REFERENCES accounts (id),
    id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT sessions_pkey PRIMARY KEY (account_id, id)
);

-- Bearer tokens, known by their SHA-256 only.
CREATE TABLE tokens (
    account_id uuid NOT NULL,
    digest bytea NOT NULL CONSTRAINT tokens_digest_length CHECK (octet_length(digest) = 32),
    session_id uuid NOT NULL,
    membership_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT tokens_kind_known CHECK (kind IN ('access', 'refresh')),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT tokens_pkey PRIMARY KEY (account_id, digest),
    CONSTRAINT tokens_session_fkey FOREIGN KEY (account_id, session_id) REFERENCES sessions (account_id, id),
    CONSTRAINT tokens_membership_fkey FOREIGN KEY (account_id, membership_id) REFERENCES memberships (account_id, id)
);

CREATE INDEX tokens_session ON tokens (account_id, session_id);
