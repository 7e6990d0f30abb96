-- Divisions that are kept for one application each. The key is what makes one of two operators win. A hold ends by the
-- clock: a row that is over is in nobody's way, and the next hold takes its place.
CREATE TABLE division_holds (
    division_code INTEGER NOT NULL CONSTRAINT division_holds_division_code_digits CHECK (division_code BETWEEN 100000000 AND 999999999),
    application_id BLOB NOT NULL CONSTRAINT division_holds_application_id_fkey REFERENCES applications (id),
    until INTEGER NOT NULL,
    CONSTRAINT division_holds_pkey PRIMARY KEY (division_code)
) STRICT, WITHOUT ROWID;

CREATE INDEX division_holds_by_application ON division_holds (application_id);
