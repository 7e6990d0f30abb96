-- What accounts are told inside the program. Distributed by the account's id.
CREATE TABLE inbox_heads (
    account_id uuid NOT NULL,
    -- Raised under the row's lock, in the transaction that adds the messages: numbers come in the order of commits.
    last_number bigint NOT NULL CONSTRAINT inbox_heads_last_number_positive CHECK (last_number > 0),
    CONSTRAINT inbox_heads_pkey PRIMARY KEY (account_id)
);

CREATE TABLE inbox (
    account_id uuid NOT NULL,
    number bigint NOT NULL CONSTRAINT inbox_number_positive CHECK (number > 0),
    event_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    -- Ids, codes and amounts; never a personal value.
    fact jsonb NOT NULL,
    read_at timestamptz,
    CONSTRAINT inbox_pkey PRIMARY KEY (account_id, number),
    CONSTRAINT inbox_event_once UNIQUE (account_id, event_id)
);

CREATE INDEX inbox_unread ON inbox (account_id, number) WHERE read_at IS NULL;
-- What is due to go.
CREATE INDEX inbox_by_reading ON inbox (read_at) WHERE read_at IS NOT NULL;
CREATE INDEX inbox_unread_by_age ON inbox (occurred_at) WHERE read_at IS NULL;
