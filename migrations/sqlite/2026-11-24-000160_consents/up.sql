-- What people agreed to. Append-only: no statement of this program changes or removes a row.
CREATE TABLE consents (
    account_id BLOB NOT NULL CONSTRAINT consents_account_id_fkey REFERENCES accounts (id),
    id BLOB NOT NULL CONSTRAINT consents_id_length CHECK (length(id) = 16),
    version TEXT NOT NULL,
    at INTEGER NOT NULL,
    occasion TEXT NOT NULL CONSTRAINT consents_occasion_known CHECK (occasion IN ('registration', 'application', 'renewal')),
    CONSTRAINT consents_pkey PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;
