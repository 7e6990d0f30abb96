-- What headquarters found at agents, and what agents write about their markets. A column named _sealed is an envelope
-- (AES-256-GCM).
CREATE TABLE inspections (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    contract_id uuid NOT NULL,
    inspected_on date NOT NULL,
    score smallint NOT NULL CONSTRAINT inspections_score_range CHECK (score BETWEEN 0 AND 100),
    findings_sealed bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL,
    follow_up text NOT NULL CONSTRAINT inspections_follow_up_known CHECK (follow_up IN ('none', 'due', 'answered', 'closed')),
    follow_up_due_on date,
    answer_sealed bytea,
    answered_at timestamptz,
    answered_by uuid,
    closed_at timestamptz,
    closed_by uuid,
    version bigint NOT NULL CONSTRAINT inspections_version_positive CHECK (version > 0),
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
);

CREATE TABLE market_reports (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    contract_id uuid NOT NULL,
    -- The first day of the month, quarter or year that it is about.
    period date NOT NULL,
    sections_sealed bytea NOT NULL,
    submitted_at timestamptz NOT NULL,
    submitted_by uuid NOT NULL,
    CONSTRAINT market_reports_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT market_reports_period_key UNIQUE (agent_id, contract_id, period),
    CONSTRAINT market_reports_contract_fkey FOREIGN KEY (agent_id, contract_id) REFERENCES contracts (agent_id, id)
);
