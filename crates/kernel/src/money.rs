//! Money in whole fen (分, a hundredth of a yuan). Never a float.

use serde::{Deserialize, Serialize};

/// An amount of money in fen; negative for what is owed or reversed. Arithmetic is checked: an amount that does not
/// fit is `None`, never a wrong number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// That many fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// The amount in fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// The sum, or `None` where it does not fit.
    pub const fn plus(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// The difference, or `None` where it does not fit.
    pub const fn minus(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// The amount for `quantity` pieces, or `None` where it does not fit.
    pub const fn times(self, quantity: i64) -> Option<Self> {
        match self.0.checked_mul(quantity) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// The sum of all, or `None` where a partial sum does not fit.
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_does_not_fit_is_no_amount() {
        let most = Money::from_fen(i64::MAX);
        assert_eq!(most.plus(Money::from_fen(1)), None);
        assert_eq!(most.times(2), None);
        assert_eq!(Money::from_fen(i64::MIN).minus(Money::from_fen(1)), None);
        assert_eq!(
            Money::total([most, Money::from_fen(1), Money::from_fen(-1)]),
            None
        );
    }
}
