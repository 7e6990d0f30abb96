//! Orders, couriers, delivery and ratings.
