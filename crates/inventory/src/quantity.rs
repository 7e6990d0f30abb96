//! How many pieces.

use kernel::Invalid;

/// A number of pieces that moves at once, 1 to [`Quantity::MAXIMUM`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// The most pieces that one order line or receipt line may name.
    pub const MAXIMUM: i64 = 10_000;

    /// That many pieces, `None` below 1 or above [`Self::MAXIMUM`].
    pub const fn new(pieces: i64) -> Option<Self> {
        if pieces >= 1 && pieces <= Self::MAXIMUM {
            Some(Self(pieces))
        } else {
            None
        }
    }

    /// Like [`Self::new`], with the refusal that a person reads.
    pub fn parse(pieces: i64) -> Result<Self, Invalid> {
        Self::new(pieces).ok_or_else(|| Invalid {
            code: "out_of_range",
            message_zh: format!("数量应在 1 到 {} 之间", Self::MAXIMUM).into(),
            message_en: format!("must be from 1 to {}", Self::MAXIMUM).into(),
        })
    }

    /// The number of pieces.
    pub const fn get(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_bounded_at_both_edges() {
        assert_eq!(Quantity::new(0), None);
        assert_eq!(Quantity::new(1).map(Quantity::get), Some(1));
        assert_eq!(
            Quantity::new(Quantity::MAXIMUM).map(Quantity::get),
            Some(Quantity::MAXIMUM)
        );
        assert_eq!(
            Quantity::parse(Quantity::MAXIMUM + 1).unwrap_err().code,
            "out_of_range"
        );
    }
}
