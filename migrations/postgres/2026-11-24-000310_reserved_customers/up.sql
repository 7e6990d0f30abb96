-- Customers whom headquarters keeps for itself inside the territories of a contract. A small table that every shard has
-- whole.
CREATE TABLE reserved_customers (
    agent_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    reserved_at timestamptz NOT NULL,
    CONSTRAINT reserved_customers_pkey PRIMARY KEY (agent_id, contract_id, customer_id)
);

-- Every set of orders asks for its customers.
CREATE INDEX reserved_customers_by_customer ON reserved_customers (customer_id, contract_id);
