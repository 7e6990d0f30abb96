-- What happened to agents after their appointment. Distributed by the agent's id.
CREATE TABLE agent_history (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL CONSTRAINT agent_history_id_length CHECK (length(id) = 16),
    at INTEGER NOT NULL,
    actor BLOB,
    action TEXT NOT NULL CONSTRAINT agent_history_action_known CHECK (action IN (
        'suspended', 'resumed', 'contract_renewed', 'termination_given', 'termination_withdrawn',
        'termination_closed', 'territories_received', 'territories_given_up', 'consent_given', 'consent_withdrawn',
        'customer_reserved', 'customer_released'
    )),
    effective_at INTEGER NOT NULL,
    reason_sealed BLOB,
    contract_id BLOB,
    -- Codes of divisions.
    division_codes TEXT NOT NULL,
    CONSTRAINT agent_history_pkey PRIMARY KEY (agent_id, id)
) STRICT, WITHOUT ROWID;

-- Notices that agents were given. Distributed by the agent's id.
CREATE TABLE agent_terminations (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL CONSTRAINT agent_terminations_id_length CHECK (length(id) = 16),
    given_at INTEGER NOT NULL,
    effective_at INTEGER NOT NULL,
    -- The territories that it ended, with their agreed ends.
    ended TEXT NOT NULL,
    state TEXT NOT NULL CONSTRAINT agent_terminations_state_known CHECK (state IN ('given', 'withdrawn', 'closed')),
    -- When it was withdrawn or closed.
    state_at INTEGER,
    version INTEGER NOT NULL CONSTRAINT agent_terminations_version_positive CHECK (version > 0),
    CONSTRAINT agent_terminations_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT agent_terminations_state_whole CHECK ((state = 'given') = (state_at IS NULL)),
    CONSTRAINT agent_terminations_in_order CHECK (given_at <= effective_at)
) STRICT, WITHOUT ROWID;

-- One notice of an agent stands at a time.
CREATE UNIQUE INDEX agent_terminations_standing ON agent_terminations (agent_id) WHERE state = 'given';
