//! Sets the number at which an agent is warned.

use crate::{MAXIMUM_ON_HAND, ProductRepository, StockItem, StockKey, StockRepository, StockView};
use kernel::{FieldError, Invalid, RepositoryError, Validation};
use std::collections::BTreeSet;
use thiserror::Error;

/// Which item, and the number at which its agent is warned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetThreshold {
    /// Whose stock of what. The caller has made sure that the agent is there.
    pub key: StockKey,
    /// The new threshold, 0 to [`MAXIMUM_ON_HAND`].
    pub threshold: i64,
    /// The version that the person saw; `None` to set the threshold whatever it was. Every order that moves the stock
    /// makes a new version, so that most clients leave it out.
    pub version: Option<i64>,
}

/// Why a threshold was not set.
#[derive(Debug, Error)]
pub enum SetThresholdError {
    /// The threshold was not taken.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// There is no such product.
    #[error("product {} is not there", .0.product_id)]
    NotFound(StockKey),
    /// The item changed since the person saw it.
    #[error("the stock item is at version {current} already")]
    Stale {
        /// The version it has now, 0 where it was never saved.
        current: i64,
    },
    /// The store could not do its work.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Sets the threshold, also of a product that the agent never had, and answers with the item as it is then.
pub fn set_threshold(
    session: &mut (impl ProductRepository + StockRepository + ?Sized),
    command: &SetThreshold,
) -> Result<StockView, SetThresholdError> {
    let key = command.key;
    let product = session
        .find_products(&BTreeSet::from([key.product_id]))?
        .remove(&key.product_id)
        .ok_or(SetThresholdError::NotFound(key))?;
    let mut item = session
        .lock_stock_items(&BTreeSet::from([key]))?
        .remove(&key)
        .unwrap_or_else(|| StockItem::empty(key));
    if command.version.is_some_and(|version| version != item.version()) {
        return Err(SetThresholdError::Stale {
            current: item.version(),
        });
    }
    let mut validation = Validation::default();
    validation.take(
        "threshold",
        item.set_threshold(command.threshold)
            .map_err(|_| threshold_out_of_range()),
    );
    validation.finish(|| ()).map_err(SetThresholdError::Invalid)?;
    session.save_stock_items(std::slice::from_ref(&item))?;
    Ok(StockView {
        product_id: key.product_id,
        product_name: product.name.as_str().to_owned(),
        on_hand: item.on_hand(),
        reserved: item.reserved(),
        available: item.available(),
        threshold: item.threshold(),
        version: item.version() + 1,
    })
}

fn threshold_out_of_range() -> Invalid {
    Invalid {
        code: "out_of_range",
        message_zh: format!("应在 0 到 {MAXIMUM_ON_HAND} 之间").into(),
        message_en: format!("must be from 0 to {MAXIMUM_ON_HAND}").into(),
    }
}
