//! Commands about territories that are there: their holder lets others in, their contract is followed by another, or they
//! pass to other contracts.

pub(crate) mod consent;
pub(crate) mod renew;
pub(crate) mod transfer;
