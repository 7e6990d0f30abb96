-- What others must learn of, written in the transaction of the change itself.
CREATE TABLE outbox (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_version bigint NOT NULL CONSTRAINT outbox_aggregate_version_positive CHECK (aggregate_version > 0),
    occurred_at timestamptz NOT NULL,
    fact_name text NOT NULL,
    fact jsonb NOT NULL,
    delivered_at timestamptz,
    CONSTRAINT outbox_pkey PRIMARY KEY (agent_id, id)
);

-- Waiting is "not yet delivered", never a high-water mark: ids do not commit in order.
CREATE INDEX outbox_waiting ON outbox (occurred_at, aggregate_version, id) WHERE delivered_at IS NULL;
