//! Divisions, territories and routing: who answers for an address.
