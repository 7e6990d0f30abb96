-- What happened to agents after their appointment. Distributed by the agent's id.
CREATE TABLE agent_history (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor uuid,
    action text NOT NULL CONSTRAINT agent_history_action_known CHECK (action IN (
        'suspended', 'resumed', 'contract_renewed', 'termination_given', 'termination_withdrawn',
        'termination_closed', 'territories_received', 'territories_given_up', 'consent_given', 'consent_withdrawn',
        'customer_reserved', 'customer_released'
    )),
    effective_at timestamptz NOT NULL,
    reason_sealed bytea,
    contract_id uuid,
    -- Codes of divisions.
    division_codes jsonb NOT NULL,
    CONSTRAINT agent_history_pkey PRIMARY KEY (agent_id, id)
);

-- Notices that agents were given. Distributed by the agent's id.
CREATE TABLE agent_terminations (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    given_at timestamptz NOT NULL,
    effective_at timestamptz NOT NULL,
    -- The territories that it ended, with their agreed ends.
    ended jsonb NOT NULL,
    state text NOT NULL CONSTRAINT agent_terminations_state_known CHECK (state IN ('given', 'withdrawn', 'closed')),
    -- When it was withdrawn or closed.
    state_at timestamptz,
    version bigint NOT NULL CONSTRAINT agent_terminations_version_positive CHECK (version > 0),
    CONSTRAINT agent_terminations_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT agent_terminations_state_whole CHECK ((state = 'given') = (state_at IS NULL)),
    CONSTRAINT agent_terminations_in_order CHECK (given_at <= effective_at)
);

-- One notice of an agent stands at a time.
CREATE UNIQUE INDEX agent_terminations_standing ON agent_terminations (agent_id) WHERE state = 'given';
