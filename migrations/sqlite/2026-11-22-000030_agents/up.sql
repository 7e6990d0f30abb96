-- Holders of territories. A small table that every shard has whole. A column named _sealed is an envelope (AES-256-GCM),
-- one named _index a blind index (HMAC-SHA256).
CREATE TABLE agents (
    id BLOB NOT NULL CONSTRAINT agents_id_length CHECK (length(id) = 16),
    -- Part of order numbers and of the ids of orders.
    number INTEGER NOT NULL CONSTRAINT agents_number_range CHECK (number BETWEEN 0 AND 65535),
    kind TEXT NOT NULL CONSTRAINT agents_kind_known CHECK (kind IN ('headquarters', 'person', 'enterprise')),
    name_sealed BLOB,
    identity_number_sealed BLOB,
    identity_number_index BLOB,
    company_name TEXT,
    credit_code TEXT,
    mobile_sealed BLOB,
    email_sealed BLOB,
    version INTEGER NOT NULL CONSTRAINT agents_version_positive CHECK (version > 0),
    created_at INTEGER NOT NULL,
    CONSTRAINT agents_pkey PRIMARY KEY (id),
    CONSTRAINT agents_number_key UNIQUE (number),
    -- One identity is one agent.
    CONSTRAINT agents_identity_number_index_key UNIQUE (identity_number_index),
    CONSTRAINT agents_headquarters_number CHECK ((kind = 'headquarters') = (number = 0)),
    CONSTRAINT agents_holder_whole CHECK (
        (kind = 'headquarters') = (name_sealed IS NULL)
        AND (name_sealed IS NULL) = (identity_number_sealed IS NULL)
        AND (name_sealed IS NULL) = (identity_number_index IS NULL)
        AND (name_sealed IS NULL) = (mobile_sealed IS NULL)
        AND (name_sealed IS NULL) = (email_sealed IS NULL)
        AND (kind = 'enterprise') = (company_name IS NOT NULL)
        AND (kind = 'enterprise') = (credit_code IS NOT NULL)
    )
) STRICT, WITHOUT ROWID;

INSERT INTO agents (id, number, kind, version, created_at)
VALUES (x'00000000000070008000000000000000', 0, 'headquarters', 1, 0);

CREATE TABLE contracts (
    agent_id BLOB NOT NULL CONSTRAINT contracts_agent_id_fkey REFERENCES agents (id),
    id BLOB NOT NULL CONSTRAINT contracts_id_length CHECK (length(id) = 16),
    -- The contract that this one follows.
    renews_id BLOB,
    application_id BLOB NOT NULL,
    level TEXT NOT NULL CONSTRAINT contracts_level_known CHECK (level IN ('province', 'city', 'county')),
    exclusivity TEXT NOT NULL CONSTRAINT contracts_exclusivity_known CHECK (exclusivity IN ('exclusive', 'shared_below')),
    -- Basis points.
    share_rate_bp INTEGER NOT NULL CONSTRAINT contracts_share_rate_range CHECK (share_rate_bp BETWEEN 0 AND 10000),
    override_rate_bp INTEGER NOT NULL CONSTRAINT contracts_override_rate_range CHECK (override_rate_bp BETWEEN 0 AND 10000),
    quota_period TEXT CONSTRAINT contracts_quota_period_known CHECK (quota_period IN ('month', 'quarter', 'year')),
    quota_measure TEXT CONSTRAINT contracts_quota_measure_known CHECK (quota_measure IN ('buckets', 'amount')),
    -- Buckets, or fen.
    quota_target INTEGER CONSTRAINT contracts_quota_target_positive CHECK (quota_target > 0),
    quota_yearly_growth_bp INTEGER CONSTRAINT contracts_quota_growth_range CHECK (quota_yearly_growth_bp BETWEEN 0 AND 10000),
    deposit_fen INTEGER NOT NULL CONSTRAINT contracts_deposit_not_negative CHECK (deposit_fen >= 0),
    support_budget_fen INTEGER NOT NULL CONSTRAINT contracts_support_budget_not_negative CHECK (support_budget_fen >= 0),
    report_period TEXT CONSTRAINT contracts_report_period_known CHECK (report_period IN ('month', 'quarter', 'year')),
    renewal_window_days INTEGER NOT NULL CONSTRAINT contracts_renewal_window_range CHECK (renewal_window_days BETWEEN 0 AND 365),
    grace_days INTEGER NOT NULL CONSTRAINT contracts_grace_range CHECK (grace_days BETWEEN 0 AND 90),
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    version INTEGER NOT NULL CONSTRAINT contracts_version_positive CHECK (version > 0),
    signed_at INTEGER NOT NULL,
    CONSTRAINT contracts_pkey PRIMARY KEY (agent_id, id),
    -- One contract is followed by one.
    CONSTRAINT contracts_renews_key UNIQUE (agent_id, renews_id),
    CONSTRAINT contracts_validity_in_order CHECK (valid_from < valid_until),
    CONSTRAINT contracts_quota_whole CHECK (
        (quota_period IS NULL) = (quota_measure IS NULL)
        AND (quota_period IS NULL) = (quota_target IS NULL)
        AND (quota_period IS NULL) = (quota_yearly_growth_bp IS NULL)
    )
) STRICT, WITHOUT ROWID;
