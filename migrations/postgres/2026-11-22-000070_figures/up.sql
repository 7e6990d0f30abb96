-- What each agent did on each business day; written in the transaction of what it counts.
CREATE TABLE daily_figures (
    agent_id uuid NOT NULL,
    day date NOT NULL,
    orders bigint NOT NULL,
    delivered bigint NOT NULL,
    cancelled bigint NOT NULL,
    sales_fen bigint NOT NULL,
    -- Returnable ones, of delivered orders.
    buckets bigint NOT NULL,
    new_customers bigint NOT NULL,
    ratings_1 bigint NOT NULL,
    ratings_2 bigint NOT NULL,
    ratings_3 bigint NOT NULL,
    ratings_4 bigint NOT NULL,
    ratings_5 bigint NOT NULL,
    CONSTRAINT daily_figures_pkey PRIMARY KEY (agent_id, day)
);
CREATE INDEX daily_figures_by_day ON daily_figures (day);

-- The same by the county of delivery: subtrees and maps are sums of these.
CREATE TABLE daily_county_figures (
    agent_id uuid NOT NULL,
    day date NOT NULL,
    county_code integer NOT NULL,
    orders bigint NOT NULL,
    delivered bigint NOT NULL,
    cancelled bigint NOT NULL,
    sales_fen bigint NOT NULL,
    -- Returnable ones, of delivered orders.
    buckets bigint NOT NULL,
    new_customers bigint NOT NULL,
    ratings_1 bigint NOT NULL,
    ratings_2 bigint NOT NULL,
    ratings_3 bigint NOT NULL,
    ratings_4 bigint NOT NULL,
    ratings_5 bigint NOT NULL,
    CONSTRAINT daily_county_figures_pkey PRIMARY KEY (agent_id, day, county_code)
);
CREATE INDEX daily_county_figures_by_day ON daily_county_figures (day);
