-- What people agreed to. Append-only: no statement of this program changes or removes a row.
CREATE TABLE consents (
    account_id uuid NOT NULL CONSTRAINT consents_account_id_fkey REFERENCES accounts (id),
    id uuid NOT NULL,
    version text NOT NULL,
    at timestamptz NOT NULL,
    occasion text NOT NULL CONSTRAINT consents_occasion_known CHECK (occasion IN ('registration', 'application', 'renewal')),
    CONSTRAINT consents_pkey PRIMARY KEY (account_id, id)
);
