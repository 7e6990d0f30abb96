DROP TABLE application_history;
DROP TABLE application_divisions;
DROP TABLE applications;
