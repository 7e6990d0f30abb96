-- What followed from obligations that came near or were missed. A column named _sealed is an envelope (AES-256-GCM).
CREATE TABLE consequences (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    obligation TEXT NOT NULL CONSTRAINT consequences_obligation_known CHECK (obligation IN ('quota', 'market_report', 'inspection')),
    -- The first day of the period, or the id of the inspection.
    subject TEXT NOT NULL,
    -- Whether the obligation was missed; else it was a reminder.
    missed INTEGER NOT NULL CONSTRAINT consequences_missed_boolean CHECK (missed IN (0, 1)),
    step TEXT NOT NULL CONSTRAINT consequences_step_known CHECK (
        step IN ('reminder', 'warning', 'notice', 'demotion_proposed', 'termination_proposed')
    ),
    noted_at INTEGER NOT NULL,
    confirmed INTEGER CONSTRAINT consequences_confirmed_boolean CHECK (confirmed IN (0, 1)),
    reason_sealed BLOB,
    decided_at INTEGER,
    decided_by BLOB,
    CONSTRAINT consequences_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT consequences_contract_fkey FOREIGN KEY (agent_id, contract_id) REFERENCES contracts (agent_id, id),
    -- Each is noted once.
    CONSTRAINT consequences_obligation_key UNIQUE (agent_id, contract_id, obligation, subject, missed),
    CONSTRAINT consequences_missed_by_step CHECK ((step = 'reminder') = (missed = 0)),
    CONSTRAINT consequences_decision_whole CHECK (
        (confirmed IS NULL) = (reason_sealed IS NULL)
        AND (confirmed IS NULL) = (decided_at IS NULL)
        AND (confirmed IS NULL) = (decided_by IS NULL)
    )
) STRICT, WITHOUT ROWID;
