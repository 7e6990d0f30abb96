-- Who is invited to work for an agent, or for headquarters. Distributed by the agent's id.
CREATE TABLE invitations (
    agent_id BLOB NOT NULL CONSTRAINT invitations_agent_id_length CHECK (length(agent_id) = 16),
    id BLOB NOT NULL CONSTRAINT invitations_id_length CHECK (length(id) = 16),
    role TEXT NOT NULL,
    courier_id BLOB,
    -- Sealed: whom it is meant for.
    name_sealed BLOB NOT NULL,
    -- SHA-256 of the one-time code, which is not kept.
    code_digest BLOB NOT NULL CONSTRAINT invitations_code_digest_length CHECK (length(code_digest) = 32),
    -- The membership of whoever made it.
    invited_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Accepted or withdrawn.
    closed_at INTEGER,
    accepted_by BLOB,
    CONSTRAINT invitations_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT invitations_code_digest_key UNIQUE (agent_id, code_digest),
    CONSTRAINT invitations_position_whole CHECK (
        role IN ('operator', 'auditor', 'agent_staff', 'courier')
        AND (courier_id IS NOT NULL) = (role = 'courier')
    ),
    CONSTRAINT invitations_accepted_is_closed CHECK (accepted_by IS NULL OR closed_at IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX invitations_by_accepter ON invitations (accepted_by) WHERE accepted_by IS NOT NULL;

-- An agent's people.
CREATE INDEX memberships_by_agent ON memberships (agent_id, id) WHERE ended_at IS NULL AND agent_id IS NOT NULL;
