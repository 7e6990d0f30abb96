DROP TABLE change_versions;
DROP TABLE territory_claims;
DROP TABLE territories;
