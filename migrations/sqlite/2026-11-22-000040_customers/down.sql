DROP TABLE customer_agents;
DROP TABLE agent_customers;
DROP TABLE customer_addresses;
DROP TABLE customers;
