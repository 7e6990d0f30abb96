-- The ledgers of deposits: entries are added and never changed. A column named _sealed is an envelope (AES-256-GCM).
CREATE TABLE deposit_entries (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    contract_id uuid NOT NULL,
    -- Its place in the ledger of the contract.
    number bigint NOT NULL CONSTRAINT deposit_entries_number_positive CHECK (number > 0),
    kind text NOT NULL CONSTRAINT deposit_entries_kind_known CHECK (kind IN ('paid', 'deducted', 'reversed', 'refunded')),
    -- What a reversal undoes.
    deduction_id uuid,
    amount_fen bigint NOT NULL CONSTRAINT deposit_entries_amount_positive CHECK (amount_fen > 0),
    balance_after_fen bigint NOT NULL CONSTRAINT deposit_entries_balance_not_negative CHECK (balance_after_fen >= 0),
    note_sealed bytea NOT NULL,
    entered_at timestamptz NOT NULL,
    actor_id uuid NOT NULL,
    CONSTRAINT deposit_entries_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT deposit_entries_number_key UNIQUE (agent_id, contract_id, number),
    CONSTRAINT deposit_entries_contract_fkey FOREIGN KEY (agent_id, contract_id) REFERENCES contracts (agent_id, id),
    CONSTRAINT deposit_entries_deduction_fkey FOREIGN KEY (agent_id, deduction_id) REFERENCES deposit_entries (agent_id, id),
    CONSTRAINT deposit_entries_deduction_by_kind CHECK ((kind = 'reversed') = (deduction_id IS NOT NULL))
);

-- A deduction is undone once.
CREATE UNIQUE INDEX deposit_entries_deduction_key ON deposit_entries (agent_id, deduction_id) WHERE deduction_id IS NOT NULL;

-- What agents have to say against deductions, and what headquarters makes of it.
CREATE TABLE deposit_appeals (
    agent_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    text_sealed bytea NOT NULL,
    appealed_at timestamptz NOT NULL,
    actor_id uuid NOT NULL,
    outcome text CONSTRAINT deposit_appeals_outcome_known CHECK (outcome IN ('upheld', 'reversed')),
    reason_sealed bytea,
    decided_at timestamptz,
    decided_by uuid,
    CONSTRAINT deposit_appeals_pkey PRIMARY KEY (agent_id, entry_id),
    CONSTRAINT deposit_appeals_entry_fkey FOREIGN KEY (agent_id, entry_id) REFERENCES deposit_entries (agent_id, id),
    CONSTRAINT deposit_appeals_decision_whole CHECK (
        (outcome IS NULL) = (reason_sealed IS NULL)
        AND (outcome IS NULL) = (decided_at IS NULL)
        AND (outcome IS NULL) = (decided_by IS NULL)
    )
);
