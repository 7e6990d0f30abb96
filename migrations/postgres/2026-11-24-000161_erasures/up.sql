-- Whose personal values went, by ids alone. Append-only; beside it stands the erasure log outside the database, which a
-- restored database is compared with.
CREATE TABLE erasures (
    subject_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT erasures_kind_known CHECK (kind IN ('account', 'customer')),
    erased_at timestamptz NOT NULL,
    CONSTRAINT erasures_pkey PRIMARY KEY (subject_id)
);

ALTER TABLE customers ADD COLUMN erased_at timestamptz;
-- Since when the personal part is blank: by an erasure, or because its time was over.
ALTER TABLE orders ADD COLUMN erased_at timestamptz;

-- Finished orders that still have their personal part.
CREATE INDEX orders_personal ON orders (day, agent_id, id) WHERE erased_at IS NULL AND state IN ('delivered', 'cancelled');
