-- Divisions granted to agents. A small table that every shard has whole.
CREATE TABLE territories (
    id uuid NOT NULL,
    agent_id uuid NOT NULL CONSTRAINT territories_agent_id_fkey REFERENCES agents (id),
    agent_number integer NOT NULL,
    contract_id uuid NOT NULL,
    -- Nine digits, the last three zero above township level.
    division_code integer NOT NULL CONSTRAINT territories_division_code_digits CHECK (division_code BETWEEN 100000000 AND 999999999),
    level text NOT NULL CONSTRAINT territories_level_known CHECK (level IN ('province', 'city', 'county', 'township')),
    exclusivity text NOT NULL CONSTRAINT territories_exclusivity_known CHECK (exclusivity IN ('exclusive', 'shared_below')),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    -- Taken back before it began.
    revoked_at timestamptz,
    version bigint NOT NULL CONSTRAINT territories_version_positive CHECK (version > 0),
    granted_at timestamptz NOT NULL,
    CONSTRAINT territories_pkey PRIMARY KEY (id),
    CONSTRAINT territories_validity_in_order CHECK (valid_from < valid_until)
);

CREATE INDEX territories_by_agent ON territories (agent_id, id);
CREATE INDEX territories_by_division ON territories (division_code, id);

-- What territories keep others from: one row for each level that one claims, or several where its holder consented to
-- others, its level (1 for a province to 4 for a
-- township) and codes folded into one range of integers [range_first, range_end).
CREATE TABLE territory_claims (
    territory_id uuid NOT NULL CONSTRAINT territory_claims_territory_id_fkey REFERENCES territories (id),
    range_first bigint NOT NULL,
    range_end bigint NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    CONSTRAINT territory_claims_pkey PRIMARY KEY (territory_id, range_first, valid_from),
    CONSTRAINT territory_claims_range_in_order CHECK (range_first < range_end),
    CONSTRAINT territory_claims_validity_in_order CHECK (valid_from < valid_until),
    -- No two claims overlap, whatever code wrote them.
    CONSTRAINT territory_claims_disjoint EXCLUDE USING gist (
        int8range(range_first, range_end) WITH &&, tstzrange(valid_from, valid_until) WITH &&
    )
);

CREATE INDEX territory_claims_by_range ON territory_claims (range_first, range_end);

-- Where the holders of exclusive territories let others in: on that division's level and below.
CREATE TABLE territory_consents (
    territory_id uuid NOT NULL CONSTRAINT territory_consents_territory_id_fkey REFERENCES territories (id),
    id uuid NOT NULL,
    division_code integer NOT NULL CONSTRAINT territory_consents_division_code_digits CHECK (division_code BETWEEN 100000000 AND 999999999),
    level text NOT NULL CONSTRAINT territory_consents_level_known CHECK (level IN ('city', 'county', 'township')),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    given_at timestamptz NOT NULL,
    CONSTRAINT territory_consents_pkey PRIMARY KEY (territory_id, id),
    CONSTRAINT territory_consents_validity_in_order CHECK (valid_from < valid_until)
);

-- While an agent is suspended routing passes its territories over; they stay claimed.
CREATE TABLE agent_suspensions (
    agent_id uuid NOT NULL CONSTRAINT agent_suspensions_agent_id_fkey REFERENCES agents (id),
    suspended_from timestamptz NOT NULL,
    suspended_until timestamptz,
    CONSTRAINT agent_suspensions_pkey PRIMARY KEY (agent_id, suspended_from),
    CONSTRAINT agent_suspensions_in_order CHECK (suspended_from <= suspended_until)
);

-- What every node watches, to know when something it keeps in memory has changed.
CREATE TABLE change_versions (
    name text NOT NULL,
    version bigint NOT NULL CONSTRAINT change_versions_version_not_negative CHECK (version >= 0),
    CONSTRAINT change_versions_pkey PRIMARY KEY (name)
);

INSERT INTO change_versions (name, version) VALUES ('territories', 0);
