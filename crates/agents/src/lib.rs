//! Applications, their review, agents and contracts.
