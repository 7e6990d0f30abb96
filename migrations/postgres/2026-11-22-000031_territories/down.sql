DROP TABLE change_versions;
DROP TABLE agent_suspensions;
DROP TABLE territory_consents;
DROP TABLE territory_claims;
DROP TABLE territories;
