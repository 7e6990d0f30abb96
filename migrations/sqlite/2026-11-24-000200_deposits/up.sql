-- The ledgers of deposits: entries are added and never changed. A column named _sealed is an envelope (AES-256-GCM).
CREATE TABLE deposit_entries (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    -- Its place in the ledger of the contract.
    number INTEGER NOT NULL CONSTRAINT deposit_entries_number_positive CHECK (number > 0),
    kind TEXT NOT NULL CONSTRAINT deposit_entries_kind_known CHECK (kind IN ('paid', 'deducted', 'reversed', 'refunded')),
    -- What a reversal undoes.
    deduction_id BLOB,
    amount_fen INTEGER NOT NULL CONSTRAINT deposit_entries_amount_positive CHECK (amount_fen > 0),
    balance_after_fen INTEGER NOT NULL CONSTRAINT deposit_entries_balance_not_negative CHECK (balance_after_fen >= 0),
    note_sealed BLOB NOT NULL,
    entered_at INTEGER NOT NULL,
    actor_id BLOB NOT NULL,
    CONSTRAINT deposit_entries_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT deposit_entries_number_key UNIQUE (agent_id, contract_id, number),
    CONSTRAINT deposit_entries_contract_fkey FOREIGN KEY (agent_id, contract_id) REFERENCES contracts (agent_id, id),
    CONSTRAINT deposit_entries_deduction_fkey FOREIGN KEY (agent_id, deduction_id) REFERENCES deposit_entries (agent_id, id),
    CONSTRAINT deposit_entries_deduction_by_kind CHECK ((kind = 'reversed') = (deduction_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- A deduction is undone once.
CREATE UNIQUE INDEX deposit_entries_deduction_key ON deposit_entries (agent_id, deduction_id) WHERE deduction_id IS NOT NULL;

-- What agents have to say against deductions, and what headquarters makes of it.
CREATE TABLE deposit_appeals (
    agent_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    text_sealed BLOB NOT NULL,
    appealed_at INTEGER NOT NULL,
    actor_id BLOB NOT NULL,
    outcome TEXT CONSTRAINT deposit_appeals_outcome_known CHECK (outcome IN ('upheld', 'reversed')),
    reason_sealed BLOB,
    decided_at INTEGER,
    decided_by BLOB,
    CONSTRAINT deposit_appeals_pkey PRIMARY KEY (agent_id, entry_id),
    CONSTRAINT deposit_appeals_entry_fkey FOREIGN KEY (agent_id, entry_id) REFERENCES deposit_entries (agent_id, id),
    CONSTRAINT deposit_appeals_decision_whole CHECK (
        (outcome IS NULL) = (reason_sealed IS NULL)
        AND (outcome IS NULL) = (decided_at IS NULL)
        AND (outcome IS NULL) = (decided_by IS NULL)
    )
) STRICT, WITHOUT ROWID;
