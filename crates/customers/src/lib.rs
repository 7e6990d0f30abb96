//! Customers and their addresses.
