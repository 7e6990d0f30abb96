-- What was answered to requests that may be sent again. A key is the account's, whatever agent the effect went to.
CREATE TABLE idempotency_keys (
    account_id uuid NOT NULL,
    key text NOT NULL CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 128),
    request_digest bytea NOT NULL
        CONSTRAINT idempotency_keys_request_digest_length CHECK (octet_length(request_digest) = 32),
    status integer NOT NULL CONSTRAINT idempotency_keys_status_success CHECK (status BETWEEN 200 AND 299),
    -- Sealed whole: it may hold personal values.
    answer_sealed bytea NOT NULL,
    resource_id uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (account_id, key)
);

-- What is due to go, oldest first.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
