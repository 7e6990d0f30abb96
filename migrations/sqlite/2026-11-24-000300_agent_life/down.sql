DROP TABLE agent_terminations;
DROP TABLE agent_history;
