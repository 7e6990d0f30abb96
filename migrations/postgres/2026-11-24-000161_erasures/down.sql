DROP INDEX orders_personal;
DROP INDEX login_keys_by_account;
ALTER TABLE orders DROP COLUMN erased_at;
ALTER TABLE customers DROP COLUMN erased_at;
DROP TABLE erasures;
