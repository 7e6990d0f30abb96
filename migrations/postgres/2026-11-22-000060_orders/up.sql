-- A column named _sealed is an envelope (AES-256-GCM).
CREATE TABLE couriers (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid,
    name_sealed bytea NOT NULL,
    phone_sealed bytea NOT NULL,
    on_duty boolean NOT NULL,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL CONSTRAINT couriers_version_positive CHECK (version > 0),
    CONSTRAINT couriers_pkey PRIMARY KEY (agent_id, id)
);

-- The last number that an agent gave out on a day.
CREATE TABLE order_counters (
    agent_id uuid NOT NULL,
    day date NOT NULL,
    last integer NOT NULL CONSTRAINT order_counters_last_positive CHECK (last > 0),
    CONSTRAINT order_counters_pkey PRIMARY KEY (agent_id, day)
);

-- Order numbers are unique in a table of their own: a unique key of a partitioned table would have to hold the partition key.
CREATE TABLE order_numbers (
    agent_id uuid NOT NULL,
    day date NOT NULL,
    day_count integer NOT NULL,
    order_id uuid NOT NULL,
    CONSTRAINT order_numbers_pkey PRIMARY KEY (agent_id, day, day_count)
);

-- Partitioned by month (UTC): an order's id is a UUIDv7, whose first 48 bits are the millisecond it was placed at.
CREATE TABLE orders (
    agent_id uuid NOT NULL,
    id uuid NOT NULL,
    day date NOT NULL,
    day_count integer NOT NULL,
    customer_id uuid NOT NULL,
    address_id uuid,
    division_code integer NOT NULL,
    county_code integer NOT NULL,
    -- The address, whom to ask for there, and the note.
    personal_sealed bytea NOT NULL,
    routing_rule text NOT NULL,
    territory_id uuid,
    map_version bigint NOT NULL,
    total_fen bigint NOT NULL CONSTRAINT orders_total_not_negative CHECK (total_fen >= 0),
    wanted_from timestamptz,
    wanted_until timestamptz,
    payment_method text NOT NULL,
    placed_at timestamptz NOT NULL,
    placed_by uuid,
    state text NOT NULL,
    courier_id uuid,
    delivered_at timestamptz,
    buckets_returned integer,
    -- The proof of a delivery, or the reason of a failure or of a cancellation.
    state_note_sealed bytea,
    version bigint NOT NULL CONSTRAINT orders_version_positive CHECK (version > 0),
    CONSTRAINT orders_pkey PRIMARY KEY (agent_id, id),
    CONSTRAINT orders_state_known CHECK (state IN ('placed', 'assigned', 'out_for_delivery', 'delivered', 'cancelled', 'failed')),
    CONSTRAINT orders_courier_by_state CHECK ((state IN ('assigned', 'out_for_delivery', 'delivered', 'failed')) = (courier_id IS NOT NULL)),
    CONSTRAINT orders_delivery_by_state CHECK ((state = 'delivered') = (delivered_at IS NOT NULL) AND (state = 'delivered') = (buckets_returned IS NOT NULL)),
    CONSTRAINT orders_reason_by_state CHECK (state <> 'failed' OR state_note_sealed IS NOT NULL),
    CONSTRAINT orders_wanted_whole CHECK ((wanted_from IS NULL) = (wanted_until IS NULL) AND wanted_from < wanted_until),
    CONSTRAINT orders_courier_fkey FOREIGN KEY (agent_id, courier_id) REFERENCES couriers (agent_id, id)
) PARTITION BY RANGE (id);
CREATE TABLE orders_default PARTITION OF orders DEFAULT;

-- Lists of headquarters, of a customer, of a courier, and of what is still open.
CREATE INDEX orders_by_id ON orders (id);
CREATE INDEX orders_by_customer ON orders (agent_id, customer_id, id);
CREATE INDEX orders_by_courier ON orders (agent_id, courier_id, id) WHERE courier_id IS NOT NULL;
CREATE INDEX orders_open ON orders (agent_id, state, id) WHERE state NOT IN ('delivered', 'cancelled');

CREATE TABLE order_lines (
    agent_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line smallint NOT NULL,
    product_id uuid NOT NULL,
    product_name text NOT NULL,
    quantity bigint NOT NULL CONSTRAINT order_lines_quantity_positive CHECK (quantity > 0),
    unit_price_fen bigint NOT NULL CONSTRAINT order_lines_unit_price_not_negative CHECK (unit_price_fen >= 0),
    -- What the product came in, which never changes.
    container text NOT NULL CONSTRAINT order_lines_container_known CHECK (container IN ('returnable_bucket', 'disposable')),
    CONSTRAINT order_lines_pkey PRIMARY KEY (agent_id, order_id, line),
    CONSTRAINT order_lines_order_fkey FOREIGN KEY (agent_id, order_id) REFERENCES orders (agent_id, id)
) PARTITION BY RANGE (order_id);
CREATE TABLE order_lines_default PARTITION OF order_lines DEFAULT;

CREATE TABLE order_history (
    agent_id uuid NOT NULL,
    order_id uuid NOT NULL,
    version bigint NOT NULL,
    at timestamptz NOT NULL,
    actor uuid,
    from_state text,
    to_state text NOT NULL,
    reason_sealed bytea,
    CONSTRAINT order_history_pkey PRIMARY KEY (agent_id, order_id, version),
    CONSTRAINT order_history_order_fkey FOREIGN KEY (agent_id, order_id) REFERENCES orders (agent_id, id)
) PARTITION BY RANGE (order_id);
CREATE TABLE order_history_default PARTITION OF order_history DEFAULT;

CREATE TABLE order_ratings (
    agent_id uuid NOT NULL,
    order_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    score smallint NOT NULL CONSTRAINT order_ratings_score_range CHECK (score BETWEEN 1 AND 5),
    -- The customer's own words: comment and tags.
    words_sealed bytea,
    rated_at timestamptz NOT NULL,
    CONSTRAINT order_ratings_pkey PRIMARY KEY (agent_id, order_id),
    CONSTRAINT order_ratings_order_fkey FOREIGN KEY (agent_id, order_id) REFERENCES orders (agent_id, id)
) PARTITION BY RANGE (order_id);
CREATE TABLE order_ratings_default PARTITION OF order_ratings DEFAULT;
