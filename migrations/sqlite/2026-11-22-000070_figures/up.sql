-- What each agent did on each business day; written in the transaction of what it counts.
CREATE TABLE daily_figures (
    agent_id BLOB NOT NULL,
    day TEXT NOT NULL,
    orders INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    sales_fen INTEGER NOT NULL,
    -- Returnable ones, of delivered orders.
    buckets INTEGER NOT NULL,
    new_customers INTEGER NOT NULL,
    ratings_1 INTEGER NOT NULL,
    ratings_2 INTEGER NOT NULL,
    ratings_3 INTEGER NOT NULL,
    ratings_4 INTEGER NOT NULL,
    ratings_5 INTEGER NOT NULL,
    CONSTRAINT daily_figures_pkey PRIMARY KEY (agent_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX daily_figures_by_day ON daily_figures (day);

-- The same by the county of delivery: subtrees and maps are sums of these.
CREATE TABLE daily_county_figures (
    agent_id BLOB NOT NULL,
    day TEXT NOT NULL,
    county_code INTEGER NOT NULL,
    orders INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    sales_fen INTEGER NOT NULL,
    -- Returnable ones, of delivered orders.
    buckets INTEGER NOT NULL,
    new_customers INTEGER NOT NULL,
    ratings_1 INTEGER NOT NULL,
    ratings_2 INTEGER NOT NULL,
    ratings_3 INTEGER NOT NULL,
    ratings_4 INTEGER NOT NULL,
    ratings_5 INTEGER NOT NULL,
    CONSTRAINT daily_county_figures_pkey PRIMARY KEY (agent_id, day, county_code)
) STRICT, WITHOUT ROWID;
CREATE INDEX daily_county_figures_by_day ON daily_county_figures (day);
