DROP TABLE memberships;
DROP TABLE login_keys;
DROP TABLE accounts;
