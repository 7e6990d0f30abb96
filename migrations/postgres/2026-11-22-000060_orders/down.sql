DROP TABLE order_ratings;
DROP TABLE order_history;
DROP TABLE order_lines;
DROP TABLE orders;
DROP TABLE order_numbers;
DROP TABLE order_counters;
DROP TABLE couriers;
