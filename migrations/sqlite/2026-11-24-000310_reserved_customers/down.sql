DROP TABLE reserved_customers;
