-- What followed from obligations that came near or were missed. A column named _sealed is an envelope (AES-256-GCM).
CREATE TABLE consequences (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    contract_id uuid NOT NULL,
    obligation text NOT NULL CONSTRAINT consequences_obligation_known CHECK (obligation IN ('quota', 'market_report', 'inspection')),
    -- The first day of the period, or the id of the inspection.
    subject text NOT NULL,
    -- Whether the obligation was missed; else it was a reminder.
    missed boolean NOT NULL,
    step text NOT NULL CONSTRAINT consequences_step_known CHECK (
        step IN ('reminder', 'warning', 'notice', 'demotion_proposed', 'termination_proposed')
    ),
    noted_at timestamptz NOT NULL,
    confirmed boolean,
    reason_sealed bytea,
    decided_at timestamptz,
    decided_by uuid,
    CONSTRAINT consequences_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT consequences_contract_fkey FOREIGN KEY (agent_id, contract_id) REFERENCES contracts (agent_id, id),
    -- Each is noted once.
    CONSTRAINT consequences_obligation_key UNIQUE (agent_id, contract_id, obligation, subject, missed),
    CONSTRAINT consequences_missed_by_step CHECK ((step = 'reminder') = (NOT missed)),
    CONSTRAINT consequences_decision_whole CHECK (
        (confirmed IS NULL) = (reason_sealed IS NULL)
        AND (confirmed IS NULL) = (decided_at IS NULL)
        AND (confirmed IS NULL) = (decided_by IS NULL)
    )
);
