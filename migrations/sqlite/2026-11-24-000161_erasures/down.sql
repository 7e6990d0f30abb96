DROP INDEX orders_personal;
ALTER TABLE orders DROP COLUMN erased_at;
ALTER TABLE customers DROP COLUMN erased_at;
DROP TABLE erasures;
