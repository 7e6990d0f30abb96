-- Requests to become the agent of divisions. A column named _sealed is an envelope (AES-256-GCM), one named _index a blind
-- index (HMAC-SHA256).
CREATE TABLE applications (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT applications_kind_known CHECK (kind IN ('person', 'enterprise')),
    name_sealed bytea NOT NULL,
    identity_number_sealed bytea NOT NULL,
    company_name text,
    credit_code text,
    mobile_sealed bytea NOT NULL,
    email_sealed bytea NOT NULL,
    level text NOT NULL CONSTRAINT applications_level_known CHECK (level IN ('province', 'city', 'county')),
    privacy_policy_version text NOT NULL,
    -- A list of texts, sealed as a whole.
    attachments_sealed bytea NOT NULL,
    state text NOT NULL CONSTRAINT applications_state_known CHECK (state IN ('submitted', 'reviewing', 'supplement_required', 'approved', 'rejected', 'withdrawn')),
    -- What was asked for, or why it was rejected.
    state_reason_sealed bytea,
    -- The agent that was made of it.
    agent_id uuid,
    findings jsonb NOT NULL,
    -- How many of them are of each severity, for lists by findings.
    blocking_findings integer NOT NULL,
    advisory_findings integer NOT NULL,
    submitted_at timestamptz NOT NULL,
    -- Until when its divisions are on hold for it; may be over.
    on_hold_until timestamptz,
    -- By when whoever it waits for has to act, and whether they were reminded.
    due_at timestamptz,
    reminded boolean NOT NULL,
    version bigint NOT NULL CONSTRAINT applications_version_positive CHECK (version > 0),
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
        AND (due_at IS NOT NULL OR (on_hold_until IS NULL AND NOT reminded))
    )
);

CREATE INDEX applications_by_account ON applications (account_id, id);
CREATE INDEX applications_by_state ON applications (state, id);
CREATE INDEX applications_by_findings ON applications (blocking_findings DESC, advisory_findings DESC, id);
-- What a job looks for.
CREATE INDEX applications_unreminded ON applications (due_at, id) WHERE NOT reminded AND due_at IS NOT NULL;
CREATE INDEX applications_on_hold ON applications (on_hold_until, id) WHERE on_hold_until IS NOT NULL;

CREATE TABLE application_divisions (
    application_id uuid NOT NULL CONSTRAINT application_divisions_application_id_fkey REFERENCES applications (id),
    division_code integer NOT NULL CONSTRAINT application_divisions_division_code_digits CHECK (division_code BETWEEN 100000000 AND 999999999),
    -- Its place in the list.
    position integer NOT NULL,
    identity_number_index bytea NOT NULL,
    -- Whether the application still waits for somebody.
    open boolean NOT NULL,
    CONSTRAINT application_divisions_pkey PRIMARY KEY (application_id, division_code)
);

-- One identity waits once for a division.
CREATE UNIQUE INDEX application_divisions_open_key ON application_divisions (identity_number_index, division_code) WHERE open;
CREATE INDEX application_divisions_by_division ON application_divisions (division_code, application_id);

-- Append-only. One line for each version of an application.
CREATE TABLE application_history (
    application_id uuid NOT NULL CONSTRAINT application_history_application_id_fkey REFERENCES applications (id),
    version bigint NOT NULL,
    at timestamptz NOT NULL,
    -- Nobody where it followed from what happened to another application.
    actor uuid,
    action text NOT NULL,
    from_state text CONSTRAINT application_history_from_state_known CHECK (from_state IN ('submitted', 'reviewing', 'supplement_required', 'approved', 'rejected', 'withdrawn')),
    to_state text NOT NULL CONSTRAINT application_history_to_state_known CHECK (to_state IN ('submitted', 'reviewing', 'supplement_required', 'approved', 'rejected', 'withdrawn')),
    -- Until when its divisions were put on hold for it.
    held_until timestamptz,
    reason_sealed bytea,
    CONSTRAINT application_history_pkey PRIMARY KEY (application_id, version)
);
