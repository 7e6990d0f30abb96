DROP TABLE contracts;
DROP TABLE agents;
