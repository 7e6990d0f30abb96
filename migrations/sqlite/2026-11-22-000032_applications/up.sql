-- Requests to become the agent of divisions. A column named _sealed is an envelope (AES-256-GCM), one named _index a blind
-- index (HMAC-SHA256).
CREATE TABLE applications (
    id BLOB NOT NULL CONSTRAINT applications_id_length CHECK (length(id) = 16),
    account_id BLOB NOT NULL,
    kind TEXT NOT NULL CONSTRAINT applications_kind_known CHECK (kind IN ('person', 'enterprise')),
    name_sealed BLOB NOT NULL,
    identity_number_sealed BLOB NOT NULL,
    company_name TEXT,
    credit_code TEXT,
    mobile_sealed BLOB NOT NULL,
    email_sealed BLOB NOT NULL,
    level TEXT NOT NULL CONSTRAINT applications_level_known CHECK (level IN ('province', 'city', 'county')),
    privacy_policy_version TEXT NOT NULL,
    -- A list of texts, sealed as a whole.
    attachments_sealed BLOB NOT NULL,
    state TEXT NOT NULL CONSTRAINT applications_state_known CHECK (state IN ('submitted', 'reviewing', 'supplement_required', 'approved', 'rejected', 'withdrawn')),
    -- What was asked for, or why it was rejected.
    state_reason_sealed BLOB,
    -- The agent that was made of it.
    agent_id BLOB,
    findings TEXT NOT NULL,
    -- How many of them are of each severity, for lists by findings.
    blocking_findings INTEGER NOT NULL,
    advisory_findings INTEGER NOT NULL,
    submitted_at INTEGER NOT NULL,
    -- Until when its divisions are on hold for it; may be over.
    on_hold_until INTEGER,
    -- By when whoever it waits for has to act, and whether they were reminded.
    due_at INTEGER,
    reminded INTEGER NOT NULL CONSTRAINT applications_reminded_boolean CHECK (reminded IN (0, 1)),
    version INTEGER NOT NULL CONSTRAINT applications_version_positive CHECK (version > 0),
    CONSTRAINT applications_pkey PRIMARY KEY (id),
    CONSTRAINT applications_company_whole CHECK (
        (kind = 'enterprise') = (company_name IS NOT NULL) AND (kind = 'enterprise') = (credit_code IS NOT NULL)
    ),
    CONSTRAINT applications_state_whole CHECK (
        (state IN ('supplement_required', 'rejected')) = (state_reason_sealed IS NOT NULL)
        AND (state = 'approved') = (agent_id IS NOT NULL)
    ),
    CONSTRAINT applications_waiting_whole CHECK (
        (state IN ('submitted', 'reviewing', 'supplement_required')) = (due_at IS NOT NULL)
        AND (due_at IS NOT NULL OR (on_hold_until IS NULL AND reminded = 0))
    )
) STRICT, WITHOUT ROWID;

CREATE INDEX applications_by_account ON applications (account_id, id);
CREATE INDEX applications_by_state ON applications (state, id);
CREATE INDEX applications_by_findings ON applications (blocking_findings DESC, advisory_findings DESC, id);
-- What a job looks for.
CREATE INDEX applications_unreminded ON applications (due_at, id) WHERE reminded = 0 AND due_at IS NOT NULL;
CREATE INDEX applications_on_hold ON applications (on_hold_until, id) WHERE on_hold_until IS NOT NULL;

CREATE TABLE application_divisions (
    application_id BLOB NOT NULL CONSTRAINT application_divisions_application_id_fkey REFERENCES applications (id),
    division_code INTEGER NOT NULL CONSTRAINT application_divisions_division_code_digits CHECK (division_code BETWEEN 100000000 AND 999999999),
    -- Its place in the list.
    position INTEGER NOT NULL,
    identity_number_index BLOB NOT NULL,
    -- Whether the application still waits for somebody.
    open INTEGER NOT NULL CONSTRAINT application_divisions_open_boolean CHECK (open IN (0, 1)),
    CONSTRAINT application_divisions_pkey PRIMARY KEY (application_id, division_code)
) STRICT, WITHOUT ROWID;

-- One identity waits once for a division.
CREATE UNIQUE INDEX application_divisions_open_key ON application_divisions (identity_number_index, division_code) WHERE open = 1;
CREATE INDEX application_divisions_by_division ON application_divisions (division_code, application_id);

-- Append-only. One line for each version of an application.
CREATE TABLE application_history (
    application_id BLOB NOT NULL CONSTRAINT application_history_application_id_fkey REFERENCES applications (id),
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- Nobody where it followed from what happened to another application.
    actor BLOB,
    action TEXT NOT NULL,
    from_state TEXT CONSTRAINT application_history_from_state_known CHECK (from_state IN ('submitted', 'reviewing', 'supplement_required', 'approved', 'rejected', 'withdrawn')),
    to_state TEXT NOT NULL CONSTRAINT application_history_to_state_known CHECK (to_state IN ('submitted', 'reviewing', 'supplement_required', 'approved', 'rejected', 'withdrawn')),
    -- Until when its divisions were put on hold for it.
    held_until INTEGER,
    reason_sealed BLOB,
    CONSTRAINT application_history_pkey PRIMARY KEY (application_id, version)
) STRICT, WITHOUT ROWID;
