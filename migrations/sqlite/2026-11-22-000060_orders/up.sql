-- A column named _sealed is an envelope (AES-256-GCM).
CREATE TABLE couriers (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL,
    account_id BLOB,
    name_sealed BLOB NOT NULL,
    phone_sealed BLOB NOT NULL,
    on_duty INTEGER NOT NULL CONSTRAINT couriers_on_duty_boolean CHECK (on_duty IN (0, 1)),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL CONSTRAINT couriers_version_positive CHECK (version > 0),
    CONSTRAINT couriers_pkey PRIMARY KEY (agent_id, id)
) STRICT, WITHOUT ROWID;

-- The last number that an agent gave out on a day.
CREATE TABLE order_counters (
    agent_id BLOB NOT NULL,
    day TEXT NOT NULL,
    last INTEGER NOT NULL CONSTRAINT order_counters_last_positive CHECK (last > 0),
    CONSTRAINT order_counters_pkey PRIMARY KEY (agent_id, day)
) STRICT, WITHOUT ROWID;

-- Order numbers are unique in a table of their own, as on PostgreSQL, where orders are partitioned.
CREATE TABLE order_numbers (
    agent_id BLOB NOT NULL,
    day TEXT NOT NULL,
    day_count INTEGER NOT NULL,
    order_id BLOB NOT NULL,
    CONSTRAINT order_numbers_pkey PRIMARY KEY (agent_id, day, day_count)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    agent_id BLOB NOT NULL,
    id BLOB NOT NULL,
    day TEXT NOT NULL,
    day_count INTEGER NOT NULL,
    customer_id BLOB NOT NULL,
    address_id BLOB,
    division_code INTEGER NOT NULL,
    county_code INTEGER NOT NULL,
    -- The address, whom to ask for there, and the note.
    personal_sealed BLOB NOT NULL,
    routing_rule TEXT NOT NULL,
    territory_id BLOB,
    map_version INTEGER NOT NULL,
    total_fen INTEGER NOT NULL CONSTRAINT orders_total_not_negative CHECK (total_fen >= 0),
    wanted_from INTEGER,
    wanted_until INTEGER,
    payment_method TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    placed_by BLOB,
    state TEXT NOT NULL,
    courier_id BLOB,
    delivered_at INTEGER,
    buckets_returned INTEGER,
    -- The proof of a delivery, or the reason of a failure or of a cancellation.
    state_note_sealed BLOB,
    version INTEGER NOT NULL CONSTRAINT orders_version_positive CHECK (version > 0),
    CONSTRAINT orders_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT orders_state_known CHECK (state IN ('placed', 'assigned', 'out_for_delivery', 'delivered', 'cancelled', 'failed')),
    CONSTRAINT orders_courier_by_state CHECK ((state IN ('assigned', 'out_for_delivery', 'delivered', 'failed')) = (courier_id IS NOT NULL)),
    CONSTRAINT orders_delivery_by_state CHECK ((state = 'delivered') = (delivered_at IS NOT NULL) AND (state = 'delivered') = (buckets_returned IS NOT NULL)),
    CONSTRAINT orders_reason_by_state CHECK (state <> 'failed' OR state_note_sealed IS NOT NULL),
    CONSTRAINT orders_wanted_whole CHECK ((wanted_from IS NULL) = (wanted_until IS NULL) AND wanted_from < wanted_until),
    CONSTRAINT orders_courier_fkey FOREIGN KEY (agent_id, courier_id) REFERENCES couriers (agent_id, id)
) STRICT, WITHOUT ROWID;

-- Lists of headquarters, of a customer, of a courier, and of what is still open.
CREATE INDEX orders_by_id ON orders (id);
CREATE INDEX orders_by_customer ON orders (agent_id, customer_id, id);
CREATE INDEX orders_by_courier ON orders (agent_id, courier_id, id) WHERE courier_id IS NOT NULL;
CREATE INDEX orders_open ON orders (agent_id, state, id) WHERE state NOT IN ('delivered', 'cancelled');

CREATE TABLE order_lines (
    agent_id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    product_id BLOB NOT NULL,
    product_name TEXT NOT NULL,
    quantity INTEGER NOT NULL CONSTRAINT order_lines_quantity_positive CHECK (quantity > 0),
    unit_price_fen INTEGER NOT NULL CONSTRAINT order_lines_unit_price_not_negative CHECK (unit_price_fen >= 0),
    -- What the product came in, which never changes.
    container TEXT NOT NULL CONSTRAINT order_lines_container_known CHECK (container IN ('returnable_bucket', 'disposable')),
    CONSTRAINT order_lines_pkey PRIMARY KEY (agent_id, order_id, line),
    CONSTRAINT order_lines_order_fkey FOREIGN KEY (agent_id, order_id) REFERENCES orders (agent_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE order_history (
    agent_id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor BLOB,
    from_state TEXT,
    to_state TEXT NOT NULL,
    reason_sealed BLOB,
    CONSTRAINT order_history_pkey PRIMARY KEY (agent_id, order_id, version),
    CONSTRAINT order_history_order_fkey FOREIGN KEY (agent_id, order_id) REFERENCES orders (agent_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE order_ratings (
    agent_id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    customer_id BLOB NOT NULL,
    courier_id BLOB NOT NULL,
    score INTEGER NOT NULL CONSTRAINT order_ratings_score_range CHECK (score BETWEEN 1 AND 5),
    -- The customer's own words: comment and tags.
    words_sealed BLOB,
    rated_at INTEGER NOT NULL,
    CONSTRAINT order_ratings_pkey PRIMARY KEY (agent_id, order_id),
    CONSTRAINT order_ratings_order_fkey FOREIGN KEY (agent_id, order_id) REFERENCES orders (agent_id, id)
) STRICT, WITHOUT ROWID;
