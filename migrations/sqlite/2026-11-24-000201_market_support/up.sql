-- What agents ask headquarters to pay for in their markets. A column named _sealed is an envelope (AES-256-GCM).
CREATE TABLE support_requests (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    amount_fen INTEGER NOT NULL CONSTRAINT support_requests_amount_positive CHECK (amount_fen > 0),
    purpose_sealed BLOB NOT NULL,
    requested_at INTEGER NOT NULL,
    requested_by BLOB NOT NULL,
    state TEXT NOT NULL CONSTRAINT support_requests_state_known CHECK (state IN ('requested', 'approved', 'rejected', 'cancelled')),
    -- Nothing unless approved.
    approved_fen INTEGER NOT NULL,
    -- The sum of its spendings.
    spent_fen INTEGER NOT NULL,
    -- What headquarters had to say.
    note_sealed BLOB,
    decided_at INTEGER,
    decided_by BLOB,
    version INTEGER NOT NULL CONSTRAINT support_requests_version_positive CHECK (version > 0),
    CONSTRAINT support_requests_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT support_requests_contract_fkey FOREIGN KEY (agent_id, contract_id) REFERENCES contracts (agent_id, id),
    CONSTRAINT support_requests_approved_range CHECK (approved_fen BETWEEN 0 AND amount_fen),
    CONSTRAINT support_requests_approved_by_state CHECK ((state = 'approved') = (approved_fen > 0)),
    CONSTRAINT support_requests_spent_range CHECK (spent_fen BETWEEN 0 AND approved_fen),
    CONSTRAINT support_requests_decided_whole CHECK (
        (state = 'requested') = (decided_at IS NULL) AND (state = 'requested') = (decided_by IS NULL)
    )
) STRICT, WITHOUT ROWID;

CREATE TABLE support_spendings (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL,
    request_id BLOB NOT NULL,
    amount_fen INTEGER NOT NULL CONSTRAINT support_spendings_amount_positive CHECK (amount_fen > 0),
    purpose_sealed BLOB NOT NULL,
    spent_at INTEGER NOT NULL,
    actor_id BLOB NOT NULL,
    CONSTRAINT support_spendings_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT support_spendings_request_fkey FOREIGN KEY (agent_id, request_id) REFERENCES support_requests (agent_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX support_spendings_by_request ON support_spendings (agent_id, request_id);
