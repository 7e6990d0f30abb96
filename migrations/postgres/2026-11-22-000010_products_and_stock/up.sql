-- What is sold. Few rows that every agent reads.
CREATE TABLE products (
    id uuid NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    unit_price_fen bigint NOT NULL CONSTRAINT products_unit_price_positive CHECK (unit_price_fen > 0),
    container text NOT NULL CONSTRAINT products_container_known CHECK (container IN ('returnable_bucket', 'disposable')),
    listed boolean NOT NULL,
    version bigint NOT NULL CONSTRAINT products_version_positive CHECK (version > 0),
    created_at timestamptz NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (id)
);

-- One balance per agent and product. Every order updates its row, so pages keep room for it.
CREATE TABLE stock_items (
    agent_id uuid NOT NULL,
    product_id uuid NOT NULL CONSTRAINT stock_items_product_id_fkey REFERENCES products (id),
    on_hand bigint NOT NULL,
    reserved bigint NOT NULL,
    threshold bigint NOT NULL CONSTRAINT stock_items_threshold_not_negative CHECK (threshold >= 0),
    version bigint NOT NULL CONSTRAINT stock_items_version_positive CHECK (version > 0),
    CONSTRAINT stock_items_pkey PRIMARY KEY (agent_id, product_id),
    CONSTRAINT stock_items_reserved_is_there CHECK (reserved >= 0 AND reserved <= on_hand)
) WITH (fillfactor = 70);

-- The ledger, append only: a balance is the sum of its movements. Rows are written beside their stock item in one
-- transaction, so a foreign key would only be paid for on every order.
CREATE TABLE stock_movements (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT stock_movements_kind_known CHECK (kind IN ('receipt', 'reserve', 'release', 'consume', 'adjust')),
    quantity bigint NOT NULL,
    on_hand_before bigint NOT NULL,
    on_hand_after bigint NOT NULL,
    reserved_before bigint NOT NULL,
    reserved_after bigint NOT NULL,
    moved_at timestamptz NOT NULL,
    -- Absent where the system itself acted.
    actor_id uuid,
    order_id uuid,
    -- An envelope (AES-256-GCM).
    reason_sealed bytea,
    CONSTRAINT stock_movements_pkey PRIMARY KEY (agent_id, id)
);

CREATE INDEX stock_movements_of_product ON stock_movements (agent_id, product_id, id);
