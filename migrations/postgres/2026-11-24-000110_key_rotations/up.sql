-- How far a rotation of keys has come, for the run that goes on with one that broke off. Empty at all other times.
CREATE TABLE key_rotations (
    -- Of the key that everything is sealed under in the end.
    version bigint NOT NULL CONSTRAINT key_rotations_version_positive CHECK (version > 0),
    table_name text NOT NULL,
    column_name text NOT NULL,
    -- The primary key of the last row that was sealed anew, as JSON.
    last_key text NOT NULL,
    CONSTRAINT key_rotations_pkey PRIMARY KEY (version, table_name, column_name)
);
