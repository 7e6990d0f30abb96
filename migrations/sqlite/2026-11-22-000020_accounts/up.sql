-- People's ways in. Accounts and what hangs on them are distributed by the account's id.
CREATE TABLE accounts (
    id BLOB NOT NULL CONSTRAINT accounts_id_length CHECK (length(id) = 16),
    -- Sealed, as is the name; what it is looked up by is its digest in login_keys.
    username_sealed BLOB,
    name_sealed BLOB NOT NULL,
    password_hash TEXT,
    privacy_policy_version TEXT,
    disabled_at INTEGER,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL CONSTRAINT accounts_version_positive CHECK (version > 0),
    CONSTRAINT accounts_pkey PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

-- What an account is found by, as keyed digests. Distributed by the digest, so that each is taken once on every shard.
CREATE TABLE login_keys (
    digest BLOB NOT NULL CONSTRAINT login_keys_digest_length CHECK (length(digest) = 32),
    kind TEXT NOT NULL CONSTRAINT login_keys_kind_known CHECK (kind IN ('username', 'wechat_openid', 'phone')),
    account_id BLOB NOT NULL,
    CONSTRAINT login_keys_pkey PRIMARY KEY (digest, kind)
) STRICT, WITHOUT ROWID;

-- An account's keys of one kind, when another takes their place.
CREATE INDEX login_keys_account_id ON login_keys (account_id);

CREATE TABLE memberships (
    account_id BLOB NOT NULL CONSTRAINT memberships_account_id_fkey REFERENCES accounts (id),
    id BLOB NOT NULL CONSTRAINT memberships_id_length CHECK (length(id) = 16),
    role TEXT NOT NULL,
    agent_id BLOB,
    courier_id BLOB,
    customer_id BLOB,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    CONSTRAINT memberships_pkey PRIMARY KEY (account_id, id),
    -- Each role has what it cannot be held without, and nothing else.
    CONSTRAINT memberships_position_whole CHECK (
        role IN ('hq_admin', 'operator', 'auditor', 'agent_owner', 'agent_staff', 'courier', 'customer', 'applicant')
        AND (agent_id IS NOT NULL) = (role NOT IN ('customer', 'applicant'))
        AND (courier_id IS NOT NULL) = (role = 'courier')
        AND (customer_id IS NOT NULL) = (role = 'customer')
    )
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_id ON memberships (id);
