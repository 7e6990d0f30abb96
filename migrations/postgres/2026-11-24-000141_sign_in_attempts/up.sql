-- Failed sign-ins, counted by user name, by address and by both. Only keyed digests: no name and no address is in here.
CREATE TABLE sign_in_attempts (
    digest bytea NOT NULL CONSTRAINT sign_in_attempts_digest_length CHECK (octet_length(digest) = 32),
    failures integer NOT NULL CONSTRAINT sign_in_attempts_failures_counted CHECK (failures >= 0),
    counted_at timestamptz NOT NULL,
    -- When somebody last signed in, which makes the address known.
    succeeded_at timestamptz,
    CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (digest)
);

CREATE INDEX sign_in_attempts_counted_at ON sign_in_attempts (counted_at);
