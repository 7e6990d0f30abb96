//! Products, stock and its ledger.
