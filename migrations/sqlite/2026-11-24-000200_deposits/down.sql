DROP TABLE deposit_appeals;
DROP TABLE deposit_entries;
