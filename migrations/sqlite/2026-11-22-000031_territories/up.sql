-- Divisions granted to agents. A small table that every shard has whole.
CREATE TABLE territories (
    id BLOB NOT NULL CONSTRAINT territories_id_length CHECK (length(id) = 16),
    agent_id BLOB NOT NULL CONSTRAINT territories_agent_id_fkey REFERENCES agents (id),
    agent_number INTEGER NOT NULL,
    contract_id BLOB NOT NULL,
    -- Nine digits, the last three zero above township level.
    division_code INTEGER NOT NULL CONSTRAINT territories_division_code_digits CHECK (division_code BETWEEN 100000000 AND 999999999),
    level TEXT NOT NULL CONSTRAINT territories_level_known CHECK (level IN ('province', 'city', 'county', 'township')),
    exclusivity TEXT NOT NULL CONSTRAINT territories_exclusivity_known CHECK (exclusivity IN ('exclusive', 'shared_below')),
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    -- Taken back before it began.
    revoked_at INTEGER,
    version INTEGER NOT NULL CONSTRAINT territories_version_positive CHECK (version > 0),
    granted_at INTEGER NOT NULL,
    CONSTRAINT territories_pkey PRIMARY KEY (id),
    CONSTRAINT territories_validity_in_order CHECK (valid_from < valid_until)
) STRICT, WITHOUT ROWID;

CREATE INDEX territories_by_agent ON territories (agent_id, id);
CREATE INDEX territories_by_division ON territories (division_code, id);

-- What territories keep others from: one row for each level that one claims, or several where its holder consented to
-- others, its level (1 for a province to 4 for a
-- township) and codes folded into one range of integers [range_first, range_end).
-- SQLite has one writer, and its transaction looks for overlaps before it adds a claim.
CREATE TABLE territory_claims (
    territory_id BLOB NOT NULL CONSTRAINT territory_claims_territory_id_fkey REFERENCES territories (id),
    range_first INTEGER NOT NULL,
    range_end INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    CONSTRAINT territory_claims_pkey PRIMARY KEY (territory_id, range_first, valid_from),
    CONSTRAINT territory_claims_range_in_order CHECK (range_first < range_end),
    CONSTRAINT territory_claims_validity_in_order CHECK (valid_from < valid_until)
) STRICT, WITHOUT ROWID;

CREATE INDEX territory_claims_by_range ON territory_claims (range_first, range_end);

-- Where the holders of exclusive territories let others in: on that division's level and below.
CREATE TABLE territory_consents (
    territory_id BLOB NOT NULL CONSTRAINT territory_consents_territory_id_fkey REFERENCES territories (id),
    id BLOB NOT NULL CONSTRAINT territory_consents_id_length CHECK (length(id) = 16),
    division_code INTEGER NOT NULL CONSTRAINT territory_consents_division_code_digits CHECK (division_code BETWEEN 100000000 AND 999999999),
    level TEXT NOT NULL CONSTRAINT territory_consents_level_known CHECK (level IN ('city', 'county', 'township')),
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    given_at INTEGER NOT NULL,
    CONSTRAINT territory_consents_pkey PRIMARY KEY (territory_id, id),
    CONSTRAINT territory_consents_validity_in_order CHECK (valid_from < valid_until)
) STRICT, WITHOUT ROWID;

-- While an agent is suspended routing passes its territories over; they stay claimed.
CREATE TABLE agent_suspensions (
    agent_id BLOB NOT NULL CONSTRAINT agent_suspensions_agent_id_fkey REFERENCES agents (id),
    suspended_from INTEGER NOT NULL,
    suspended_until INTEGER,
    CONSTRAINT agent_suspensions_pkey PRIMARY KEY (agent_id, suspended_from),
    CONSTRAINT agent_suspensions_in_order CHECK (suspended_from <= suspended_until)
) STRICT, WITHOUT ROWID;

-- What every node watches, to know when something it keeps in memory has changed.
CREATE TABLE change_versions (
    name TEXT NOT NULL,
    version INTEGER NOT NULL CONSTRAINT change_versions_version_not_negative CHECK (version >= 0),
    CONSTRAINT change_versions_pkey PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;

INSERT INTO change_versions (name, version) VALUES ('territories', 0);
