-- What was answered to requests that may be sent again. A key is the account's, whatever agent the effect went to.
CREATE TABLE idempotency_keys (
    account_id BLOB NOT NULL,
    key TEXT NOT NULL CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 128),
    request_digest BLOB NOT NULL
        CONSTRAINT idempotency_keys_request_digest_length CHECK (length(request_digest) = 32),
    status INTEGER NOT NULL CONSTRAINT idempotency_keys_status_success CHECK (status BETWEEN 200 AND 299),
    -- Sealed whole: it may hold personal values.
    answer_sealed BLOB NOT NULL,
    resource_id BLOB,
    created_at INTEGER NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;

-- What is due to go, oldest first.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
