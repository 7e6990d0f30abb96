-- Where an agent, or headquarters, is told of what happens. Distributed by the agent's id.
CREATE TABLE webhooks (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Sealed: its query string may hold a key of the receiver's.
    url_sealed bytea NOT NULL,
    -- Sealed: what requests are signed with.
    secret_sealed bytea NOT NULL,
    format text NOT NULL CONSTRAINT webhooks_format_known CHECK (format IN ('json', 'wecom')),
    -- Names of facts.
    topics jsonb NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL CONSTRAINT webhooks_version_positive CHECK (version > 0),
    CONSTRAINT webhooks_pkey PRIMARY KEY (agent_id, id)
);

-- Events on their way to webhooks. What has arrived is removed.
CREATE TABLE webhook_deliveries (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    -- The event as the outbox told it, which may forget it before it arrives.
    event_id uuid NOT NULL,
    event_agent_id uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_version bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    fact jsonb NOT NULL,
    attempts integer NOT NULL CONSTRAINT webhook_deliveries_attempts_not_negative CHECK (attempts >= 0),
    last_failure text,
    -- While it waits.
    next_attempt_at timestamptz,
    -- Once it is a dead letter.
    dead_at timestamptz,
    leased_by uuid,
    leased_until timestamptz,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT webhook_deliveries_event_once UNIQUE (agent_id, webhook_id, event_id),
    CONSTRAINT webhook_deliveries_webhook_fkey FOREIGN KEY (agent_id, webhook_id) REFERENCES webhooks (agent_id, id)
        ON DELETE CASCADE,
    CONSTRAINT webhook_deliveries_waits_or_is_dead CHECK ((next_attempt_at IS NULL) <> (dead_at IS NULL)),
    CONSTRAINT webhook_deliveries_lease_whole CHECK ((leased_by IS NULL) = (leased_until IS NULL))
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE dead_at IS NULL;
-- What waits before another.
CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (agent_id, webhook_id, aggregate_id, aggregate_version, id)
    WHERE dead_at IS NULL;
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (agent_id, id) WHERE dead_at IS NOT NULL;
-- Those of every agent, for headquarters.
CREATE INDEX webhook_deliveries_all_dead ON webhook_deliveries (id) WHERE dead_at IS NOT NULL;
CREATE INDEX webhook_deliveries_dead_by_age ON webhook_deliveries (dead_at) WHERE dead_at IS NOT NULL;
