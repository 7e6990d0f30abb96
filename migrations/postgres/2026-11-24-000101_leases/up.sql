-- Which node does a job that only one may do at a time.
CREATE TABLE leases (
    job text NOT NULL,
    holder uuid NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT leases_pkey PRIMARY KEY (job)
);
