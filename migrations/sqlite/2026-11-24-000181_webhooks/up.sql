-- Where an agent, or headquarters, is told of what happens. Distributed by the agent's id.
CREATE TABLE webhooks (
    agent_id BLOB NOT NULL CONSTRAINT webhooks_agent_id_length CHECK (length(agent_id) = 16),
    id BLOB NOT NULL CONSTRAINT webhooks_id_length CHECK (length(id) = 16),
    -- Sealed: its query string may hold a key of the receiver's.
    url_sealed BLOB NOT NULL,
    -- Sealed: what requests are signed with.
    secret_sealed BLOB NOT NULL,
    format TEXT NOT NULL CONSTRAINT webhooks_format_known CHECK (format IN ('json', 'wecom')),
    -- Names of facts.
    topics TEXT NOT NULL,
    enabled INTEGER NOT NULL CONSTRAINT webhooks_enabled_is_boolean CHECK (enabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL CONSTRAINT webhooks_version_positive CHECK (version > 0),
    CONSTRAINT webhooks_pkey PRIMARY KEY (agent_id, id)
) STRICT, WITHOUT ROWID;

-- Events on their way to webhooks. What has arrived is removed.
CREATE TABLE webhook_deliveries (
    agent_id BLOB NOT NULL CONSTRAINT webhook_deliveries_agent_id_length CHECK (length(agent_id) = 16),
    id BLOB NOT NULL CONSTRAINT webhook_deliveries_id_length CHECK (length(id) = 16),
    webhook_id BLOB NOT NULL,
    -- The event as the outbox told it, which may forget it before it arrives.
    event_id BLOB NOT NULL,
    event_agent_id BLOB NOT NULL,
    aggregate_id BLOB NOT NULL,
    aggregate_version INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    fact TEXT NOT NULL,
    attempts INTEGER NOT NULL CONSTRAINT webhook_deliveries_attempts_not_negative CHECK (attempts >= 0),
    last_failure TEXT,
    -- While it waits.
    next_attempt_at INTEGER,
    -- Once it is a dead letter.
    dead_at INTEGER,
    leased_by BLOB,
    leased_until INTEGER,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT webhook_deliveries_event_once UNIQUE (agent_id, webhook_id, event_id),
    CONSTRAINT webhook_deliveries_webhook_fkey FOREIGN KEY (agent_id, webhook_id) REFERENCES webhooks (agent_id, id)
        ON DELETE CASCADE,
    CONSTRAINT webhook_deliveries_waits_or_is_dead CHECK ((next_attempt_at IS NULL) <> (dead_at IS NULL)),
    CONSTRAINT webhook_deliveries_lease_whole CHECK ((leased_by IS NULL) = (leased_until IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE dead_at IS NULL;
-- What waits before another.
CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (agent_id, webhook_id, aggregate_id, aggregate_version, id)
    WHERE dead_at IS NULL;
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (agent_id, id) WHERE dead_at IS NOT NULL;
-- Those of every agent, for headquarters.
CREATE INDEX webhook_deliveries_all_dead ON webhook_deliveries (id) WHERE dead_at IS NOT NULL;
CREATE INDEX webhook_deliveries_dead_by_age ON webhook_deliveries (dead_at) WHERE dead_at IS NOT NULL;
