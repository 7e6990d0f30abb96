DROP TABLE tokens;
DROP TABLE sessions;
