-- Who is invited to work for an agent, or for headquarters. Distributed by the agent's id.
CREATE TABLE invitations (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    role text NOT NULL,
    courier_id uuid,
    -- Sealed: whom it is meant for.
    name_sealed bytea NOT NULL,
    -- SHA-256 of the one-time code, which is not kept.
    code_digest bytea NOT NULL CONSTRAINT invitations_code_digest_length CHECK (octet_length(code_digest) = 32),
    -- The membership of whoever made it.
    invited_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- Accepted or withdrawn.
    closed_at timestamptz,
    accepted_by uuid,
    CONSTRAINT invitations_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT invitations_code_digest_key UNIQUE (agent_id, code_digest),
    CONSTRAINT invitations_position_whole CHECK (
        role IN ('operator', 'auditor', 'agent_staff', 'courier')
        AND (courier_id IS NOT NULL) = (role = 'courier')
    ),
    CONSTRAINT invitations_accepted_is_closed CHECK (accepted_by IS NULL OR closed_at IS NOT NULL)
);

CREATE INDEX invitations_by_accepter ON invitations (accepted_by) WHERE accepted_by IS NOT NULL;

-- An agent's people.
CREATE INDEX memberships_by_agent ON memberships (agent_id, id) WHERE ended_at IS NULL AND agent_id IS NOT NULL;
