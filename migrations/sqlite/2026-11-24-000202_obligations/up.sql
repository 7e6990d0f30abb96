-- What headquarters found at agents, and what agents write about their markets. A column named _sealed is an envelope
-- (AES-256-GCM).
CREATE TABLE inspections (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    inspected_on TEXT NOT NULL,
    score INTEGER NOT NULL CONSTRAINT inspections_score_range CHECK (score BETWEEN 0 AND 100),
    findings_sealed BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB NOT NULL,
    follow_up TEXT NOT NULL CONSTRAINT inspections_follow_up_known CHECK (follow_up IN ('none', 'due', 'answered', 'closed')),
    follow_up_due_on TEXT,
    answer_sealed BLOB,
    answered_at INTEGER,
    answered_by BLOB,
    closed_at INTEGER,
    closed_by BLOB,
    version INTEGER NOT NULL CONSTRAINT inspections_version_positive CHECK (version > 0),
    CONSTRAINT inspections_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT inspections_contract_fkey FOREIGN KEY (agent_id, contract_id) REFERENCES contracts (agent_id, id),
    CONSTRAINT inspections_due_by_follow_up CHECK ((follow_up = 'none') = (follow_up_due_on IS NULL)),
    CONSTRAINT inspections_answer_whole CHECK (
        (follow_up IN ('answered', 'closed')) = (answer_sealed IS NOT NULL)
        AND (answer_sealed IS NULL) = (answered_at IS NULL)
        AND (answer_sealed IS NULL) = (answered_by IS NULL)
    ),
    CONSTRAINT inspections_closed_whole CHECK (
        (follow_up = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (closed_by IS NULL)
    )
) STRICT, WITHOUT ROWID;

CREATE TABLE market_reports (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    -- The first day of the month, quarter or year that it is about.
    period TEXT NOT NULL,
    sections_sealed BLOB NOT NULL,
    submitted_at INTEGER NOT NULL,
    submitted_by BLOB NOT NULL,
    CONSTRAINT market_reports_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT market_reports_period_key UNIQUE (agent_id, contract_id, period),
    CONSTRAINT market_reports_contract_fkey FOREIGN KEY (agent_id, contract_id) REFERENCES contracts (agent_id, id)
) STRICT, WITHOUT ROWID;
