DROP TABLE market_reports;
DROP TABLE inspections;
