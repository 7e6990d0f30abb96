-- Which node does a job that only one may do at a time.
CREATE TABLE leases (
    job TEXT NOT NULL,
    holder BLOB NOT NULL CONSTRAINT leases_holder_length CHECK (length(holder) = 16),
    until INTEGER NOT NULL,
    CONSTRAINT leases_pkey PRIMARY KEY (job)
) STRICT, WITHOUT ROWID;
