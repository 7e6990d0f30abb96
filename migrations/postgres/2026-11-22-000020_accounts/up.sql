-- People's ways in. Accounts and what hangs on them are distributed by the account's id.
CREATE TABLE accounts (
    id uuid NOT NULL,
    -- Sealed, as is the name; what it is looked up by is its digest in login_keys.
    username_sealed bytea,
    name_sealed bytea NOT NULL,
    password_hash text,
    privacy_policy_version text,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL CONSTRAINT accounts_version_positive CHECK (version > 0),
    CONSTRAINT accounts_pkey PRIMARY KEY (id)
);

-- What an account is found by, as keyed digests. Distributed by the digest, so that each is taken once on every shard.
CREATE TABLE login_keys (
    digest bytea NOT NULL CONSTRAINT login_keys_digest_length CHECK (octet_length(digest) = 32),
    kind text NOT NULL CONSTRAINT login_keys_kind_known CHECK (kind IN ('username', 'wechat_openid', 'phone')),
    account_id uuid NOT NULL,
    CONSTRAINT login_keys_pkey PRIMARY KEY (digest, kind)
);

-- An account's keys of one kind, when another takes their place.
CREATE INDEX login_keys_account_id ON login_keys (account_id);

CREATE TABLE memberships (
    account_id uuid NOT NULL CONSTRAINT memberships_account_id_fkey REFERENCES accounts (id),
    id uuid NOT NULL,
    role text NOT NULL,
    agent_id uuid,
    courier_id uuid,
    customer_id uuid,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT memberships_pkey PRIMARY KEY (account_id, id),
    -- Each role has what it cannot be held without, and nothing else.
    CONSTRAINT memberships_position_whole CHECK (
        role IN ('hq_admin', 'operator', 'auditor', 'agent_owner', 'agent_staff', 'courier', 'customer', 'applicant')
        AND (agent_id IS NOT NULL) = (role NOT IN ('customer', 'applicant'))
        AND (courier_id IS NOT NULL) = (role = 'courier')
        AND (customer_id IS NOT NULL) = (role = 'customer')
    )
);

CREATE INDEX memberships_id ON memberships (id);
