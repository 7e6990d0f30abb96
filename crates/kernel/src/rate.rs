//! Rates in basis points: a hundredth of a percent.

use crate::Money;
use serde::{Deserialize, Serialize};

/// A share between nothing and the whole, in basis points (0 to 10,000).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Rate(u16);

impl Rate {
    /// The whole, in basis points.
    pub const WHOLE_BASIS_POINTS: u16 = 10_000;

    /// That many basis points, `None` above the whole.
    pub const fn from_basis_points(basis_points: u16) -> Option<Self> {
        if basis_points <= Self::WHOLE_BASIS_POINTS {
            Some(Self(basis_points))
        } else {
            None
        }
    }

    /// The rate in basis points.
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// This share of `amount`, cut towards zero to whole fen; `None` where the product does not fit.
    pub fn of(self, amount: Money) -> Option<Money> {
        let share = i128::from(amount.fen()) * i128::from(self.0) / i128::from(Self::WHOLE_BASIS_POINTS);
        i64::try_from(share).ok().map(Money::from_fen)
    }
}

impl TryFrom<u16> for Rate {
    type Error = &'static str;

    fn try_from(basis_points: u16) -> Result<Self, Self::Error> {
        Self::from_basis_points(basis_points).ok_or("a rate is at most 10000 basis points")
    }
}

impl From<Rate> for u16 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_cut_towards_zero_and_never_passes_the_whole() {
        let rate = Rate::from_basis_points(3_333).unwrap();
        assert_eq!(rate.of(Money::from_fen(100)), Some(Money::from_fen(33)));
        assert_eq!(rate.of(Money::from_fen(-100)), Some(Money::from_fen(-33)));
        assert_eq!(
            Rate::from_basis_points(10_000)
                .unwrap()
                .of(Money::from_fen(i64::MAX)),
            Some(Money::from_fen(i64::MAX))
        );
        assert_eq!(Rate::from_basis_points(10_001), None);
    }
}
