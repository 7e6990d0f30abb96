-- Customers belong to nobody alone. A column named _sealed is an envelope (AES-256-GCM), one named _index a blind index
-- (HMAC-SHA256): equality is all that can be asked of it.
CREATE TABLE customers (
    id uuid NOT NULL,
    -- Absent for a customer who only telephones.
    account_id uuid,
    name_sealed bytea NOT NULL,
    name_index bytea NOT NULL,
    surname_index bytea NOT NULL,
    phone_sealed bytea,
    phone_index bytea,
    last_four_index bytea,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL CONSTRAINT customers_version_positive CHECK (version > 0),
    CONSTRAINT customers_pkey PRIMARY KEY (id)
);

CREATE INDEX customers_by_account ON customers (account_id);
CREATE INDEX customers_by_name ON customers (name_index, id);
CREATE INDEX customers_by_surname ON customers (surname_index, id);
CREATE INDEX customers_by_phone ON customers (phone_index, id);
CREATE INDEX customers_by_last_four ON customers (last_four_index, id);

-- Addresses never change, so that an order may name one.
CREATE TABLE customer_addresses (
    customer_id uuid NOT NULL CONSTRAINT customer_addresses_customer_id_fkey REFERENCES customers (id),
    id uuid NOT NULL,
    -- Nine digits, the last three zero above township level.
    division_code integer NOT NULL CONSTRAINT customer_addresses_division_code_digits CHECK (division_code BETWEEN 100000000 AND 999999999),
    detail_sealed bytea NOT NULL,
    contact_name_sealed bytea NOT NULL,
    contact_phone_sealed bytea NOT NULL,
    -- GCJ-02, in millionths of a degree: "longitude,latitude".
    position_sealed bytea,
    created_at timestamptz NOT NULL,
    CONSTRAINT customer_addresses_pkey PRIMARY KEY (customer_id, id)
);

CREATE INDEX customer_addresses_by_id ON customer_addresses (id);

-- What one agent knows of a customer; an agent's pages read nothing else. It follows the customer through the outbox.
CREATE TABLE agent_customers (
    agent_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    name_sealed bytea NOT NULL,
    name_index bytea NOT NULL,
    surname_index bytea NOT NULL,
    phone_sealed bytea,
    phone_index bytea,
    last_four_index bytea,
    -- Absent while the customer has not ordered from the agent.
    first_order_id uuid,
    first_ordered_at timestamptz,
    CONSTRAINT agent_customers_pkey PRIMARY KEY (agent_id, customer_id),
    CONSTRAINT agent_customers_first_order_whole CHECK ((first_order_id IS NULL) = (first_ordered_at IS NULL))
);

CREATE INDEX agent_customers_by_name ON agent_customers (agent_id, name_index, customer_id);
CREATE INDEX agent_customers_by_surname ON agent_customers (agent_id, surname_index, customer_id);
CREATE INDEX agent_customers_by_phone ON agent_customers (agent_id, phone_index, customer_id);
CREATE INDEX agent_customers_by_last_four ON agent_customers (agent_id, last_four_index, customer_id);

-- The tenants that a customer's own pages read.
CREATE TABLE customer_agents (
    customer_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    CONSTRAINT customer_agents_pkey PRIMARY KEY (customer_id, agent_id)
);
