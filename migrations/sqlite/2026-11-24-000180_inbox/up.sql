-- What accounts are told inside the program. Distributed by the account's id.
CREATE TABLE inbox_heads (
    account_id BLOB NOT NULL CONSTRAINT inbox_heads_account_id_length CHECK (length(account_id) = 16),
    -- Raised under the row's lock, in the transaction that adds the messages: numbers come in the order of commits.
    last_number INTEGER NOT NULL CONSTRAINT inbox_heads_last_number_positive CHECK (last_number > 0),
    CONSTRAINT inbox_heads_pkey PRIMARY KEY (account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
    account_id BLOB NOT NULL CONSTRAINT inbox_account_id_length CHECK (length(account_id) = 16),
    number INTEGER NOT NULL CONSTRAINT inbox_number_positive CHECK (number > 0),
    event_id BLOB NOT NULL CONSTRAINT inbox_event_id_length CHECK (length(event_id) = 16),
    agent_id BLOB NOT NULL CONSTRAINT inbox_agent_id_length CHECK (length(agent_id) = 16),
    occurred_at INTEGER NOT NULL,
    -- Ids, codes and amounts; never a personal value.
    fact TEXT NOT NULL,
    read_at INTEGER,
    CONSTRAINT inbox_pkey PRIMARY KEY (account_id, number),
    CONSTRAINT inbox_event_once UNIQUE (account_id, event_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_unread ON inbox (account_id, number) WHERE read_at IS NULL;
-- What is due to go.
CREATE INDEX inbox_by_reading ON inbox (read_at) WHERE read_at IS NOT NULL;
CREATE INDEX inbox_unread_by_age ON inbox (occurred_at) WHERE read_at IS NULL;
