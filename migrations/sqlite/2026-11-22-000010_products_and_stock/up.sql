-- What is sold. Few rows that every agent reads.
CREATE TABLE products (
    id BLOB NOT NULL CONSTRAINT products_id_length CHECK (length(id) = 16),
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    unit_price_fen INTEGER NOT NULL CONSTRAINT products_unit_price_positive CHECK (unit_price_fen > 0),
    container TEXT NOT NULL CONSTRAINT products_container_known CHECK (container IN ('returnable_bucket', 'disposable')),
    listed INTEGER NOT NULL CONSTRAINT products_listed_boolean CHECK (listed IN (0, 1)),
    version INTEGER NOT NULL CONSTRAINT products_version_positive CHECK (version > 0),
    created_at INTEGER NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

-- One balance per agent and product.
CREATE TABLE stock_items (
    agent_id BLOB NOT NULL CONSTRAINT stock_items_agent_id_length CHECK (length(agent_id) = 16),
    product_id BLOB NOT NULL CONSTRAINT stock_items_product_id_fkey REFERENCES products (id),
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    threshold INTEGER NOT NULL CONSTRAINT stock_items_threshold_not_negative CHECK (threshold >= 0),
    version INTEGER NOT NULL CONSTRAINT stock_items_version_positive CHECK (version > 0),
    CONSTRAINT stock_items_pkey PRIMARY KEY (agent_id, product_id),
    CONSTRAINT stock_items_reserved_is_there CHECK (reserved >= 0 AND reserved <= on_hand)
) STRICT, WITHOUT ROWID;

-- The ledger, append only: a balance is the sum of its movements. Rows are written beside their stock item in one
-- transaction, so a foreign key would only be paid for on every order.
CREATE TABLE stock_movements (
    agent_id BLOB NOT NULL CONSTRAINT stock_movements_agent_id_length CHECK (length(agent_id) = 16),
    id BLOB NOT NULL CONSTRAINT stock_movements_id_length CHECK (length(id) = 16),
    product_id BLOB NOT NULL,
    kind TEXT NOT NULL CONSTRAINT stock_movements_kind_known CHECK (kind IN ('receipt', 'reserve', 'release', 'consume', 'adjust')),
    quantity INTEGER NOT NULL,
    on_hand_before INTEGER NOT NULL,
    on_hand_after INTEGER NOT NULL,
    reserved_before INTEGER NOT NULL,
    reserved_after INTEGER NOT NULL,
    moved_at INTEGER NOT NULL,
    -- Absent where the system itself acted.
    actor_id BLOB,
    order_id BLOB,
    -- An envelope (AES-256-GCM).
    reason_sealed BLOB,
    CONSTRAINT stock_movements_pkey PRIMARY KEY (agent_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_movements_of_product ON stock_movements (agent_id, product_id, id);
