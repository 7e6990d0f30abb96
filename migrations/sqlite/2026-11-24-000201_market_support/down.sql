DROP TABLE support_spendings;
DROP TABLE support_requests;
