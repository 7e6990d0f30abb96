-- Holders of territories. A small table that every shard has whole. A column named _sealed is an envelope (AES-256-GCM),
-- one named _index a blind index (HMAC-SHA256).
CREATE TABLE agents (
    id uuid NOT NULL,
    -- Part of order numbers and of the ids of orders.
    number integer NOT NULL CONSTRAINT agents_number_range CHECK (number BETWEEN 0 AND 65535),
    kind text NOT NULL CONSTRAINT agents_kind_known CHECK (kind IN ('headquarters', 'person', 'enterprise')),
    name_sealed bytea,
    identity_number_sealed bytea,
    identity_number_index bytea,
    company_name text,
    credit_code text,
    mobile_sealed bytea,
    email_sealed bytea,
    version bigint NOT NULL CONSTRAINT agents_version_positive CHECK (version > 0),
    created_at timestamptz NOT NULL,
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
);

INSERT INTO agents (id, number, kind, version, created_at)
VALUES ('00000000-0000-7000-8000-000000000000', 0, 'headquarters', 1, '1970-01-01T00:00:00Z');

CREATE TABLE contracts (
    agent_id uuid NOT NULL CONSTRAINT contracts_agent_id_fkey REFERENCES agents (id),
    id uuid NOT NULL,
    -- The contract that this one follows.
    renews_id uuid,
    application_id uuid NOT NULL,
    level text NOT NULL CONSTRAINT contracts_level_known CHECK (level IN ('province', 'city', 'county')),
    exclusivity text NOT NULL CONSTRAINT contracts_exclusivity_known CHECK (exclusivity IN ('exclusive', 'shared_below')),
    -- Basis points.
    share_rate_bp integer NOT NULL CONSTRAINT contracts_share_rate_range CHECK (share_rate_bp BETWEEN 0 AND 10000),
    override_rate_bp integer NOT NULL CONSTRAINT contracts_override_rate_range CHECK (override_rate_bp BETWEEN 0 AND 10000),
    quota_period text CONSTRAINT contracts_quota_period_known CHECK (quota_period IN ('month', 'quarter', 'year')),
    quota_measure text CONSTRAINT contracts_quota_measure_known CHECK (quota_measure IN ('buckets', 'amount')),
    -- Buckets, or fen.
    quota_target bigint CONSTRAINT contracts_quota_target_positive CHECK (quota_target > 0),
    quota_yearly_growth_bp integer CONSTRAINT contracts_quota_growth_range CHECK (quota_yearly_growth_bp BETWEEN 0 AND 10000),
    deposit_fen bigint NOT NULL CONSTRAINT contracts_deposit_not_negative CHECK (deposit_fen >= 0),
    support_budget_fen bigint NOT NULL CONSTRAINT contracts_support_budget_not_negative CHECK (support_budget_fen >= 0),
    report_period text CONSTRAINT contracts_report_period_known CHECK (report_period IN ('month', 'quarter', 'year')),
    renewal_window_days integer NOT NULL CONSTRAINT contracts_renewal_window_range CHECK (renewal_window_days BETWEEN 0 AND 365),
    grace_days integer NOT NULL CONSTRAINT contracts_grace_range CHECK (grace_days BETWEEN 0 AND 90),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    version bigint NOT NULL CONSTRAINT contracts_version_positive CHECK (version > 0),
    signed_at timestamptz NOT NULL,
    CONSTRAINT contracts_pkey PRIMARY KEY (agent_id, id),
    -- One contract is followed by one.
    CONSTRAINT contracts_renews_key UNIQUE (agent_id, renews_id),
    CONSTRAINT contracts_validity_in_order CHECK (valid_from < valid_until),
    CONSTRAINT contracts_quota_whole CHECK (
        (quota_period IS NULL) = (quota_measure IS NULL)
        AND (quota_period IS NULL) = (quota_target IS NULL)
        AND (quota_period IS NULL) = (quota_yearly_growth_bp IS NULL)
    )
);
