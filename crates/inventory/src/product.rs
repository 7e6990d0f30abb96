//! What is sold.

pub(crate) mod add;
pub(crate) mod change;

use kernel::{Instant, Invalid, Money, ProductId, Text};

/// The dearest that one piece may be: 10,000 yuan. An order of the most lines and pieces stays far from overflowing.
pub const MAXIMUM_UNIT_PRICE: Money = Money::from_fen(1_000_000);

/// What the water comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Container {
    /// A bucket that comes back.
    ReturnableBucket,
    /// A pack that is thrown away.
    Disposable,
}

impl Container {
    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReturnableBucket => "returnable_bucket",
            Self::Disposable => "disposable",
        }
    }

    /// The container of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::ReturnableBucket, Self::Disposable]
            .into_iter()
            .find(|container| container.name() == name)
    }
}

/// Something that is sold, by every agent at the same price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// What it is called.
    pub name: Text<60>,
    /// What one piece of it is: 桶, 箱, 瓶.
    pub unit: Text<10>,
    /// The price of one piece, from 1 fen to [`MAXIMUM_UNIT_PRICE`].
    pub unit_price: Money,
    /// What it comes in; it never changes, since buckets are out with customers.
    pub container: Container,
    /// Whether it can be ordered.
    pub listed: bool,
    /// The version that was loaded, 1 when new. Saving stores the next one.
    pub version: i64,
    /// When it was added.
    pub created_at: Instant,
}

/// Takes a price from 1 fen to [`MAXIMUM_UNIT_PRICE`].
pub fn check_unit_price(price: Money) -> Result<Money, Invalid> {
    if price > Money::ZERO && price <= MAXIMUM_UNIT_PRICE {
        Ok(price)
    } else {
        Err(Invalid {
            code: "out_of_range",
            message_zh: format!("单价应在 1 到 {} 分之间", MAXIMUM_UNIT_PRICE.fen()).into(),
            message_en: format!("must be from 1 to {} fen", MAXIMUM_UNIT_PRICE.fen()).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_bounded_at_both_edges() {
        for fen in [1, MAXIMUM_UNIT_PRICE.fen()] {
            assert!(check_unit_price(Money::from_fen(fen)).is_ok());
        }
        for fen in [-1, 0, MAXIMUM_UNIT_PRICE.fen() + 1] {
            assert_eq!(
                check_unit_price(Money::from_fen(fen)).unwrap_err().code,
                "out_of_range"
            );
        }
    }

    #[test]
    fn names_of_containers_come_back() {
        for container in [Container::ReturnableBucket, Container::Disposable] {
            assert_eq!(Container::from_name(container.name()), Some(container));
        }
        assert_eq!(Container::from_name("barrel"), None);
    }
}
