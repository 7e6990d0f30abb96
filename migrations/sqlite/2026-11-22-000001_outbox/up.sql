-- What others must learn of, written in the transaction of the change itself.
CREATE TABLE outbox (
    agent_id BLOB NOT NULL CONSTRAINT outbox_agent_id_length CHECK (length(agent_id) = 16),
    id BLOB NOT NULL CONSTRAINT outbox_id_length CHECK (length(id) = 16),
    aggregate_id BLOB NOT NULL,
    aggregate_version INTEGER NOT NULL CONSTRAINT outbox_aggregate_version_positive CHECK (aggregate_version > 0),
    occurred_at INTEGER NOT NULL,
    fact_name TEXT NOT NULL,
    fact TEXT NOT NULL,
    delivered_at INTEGER,
    CONSTRAINT outbox_pkey PRIMARY KEY (agent_id, id)
) STRICT, WITHOUT ROWID;

-- Waiting is "not yet delivered", never a high-water mark: ids do not commit in order.
CREATE INDEX outbox_waiting ON outbox (occurred_at, aggregate_version, id) WHERE delivered_at IS NULL;
