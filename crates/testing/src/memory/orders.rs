//! The rows of this aggregate, and its ports.

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {}
