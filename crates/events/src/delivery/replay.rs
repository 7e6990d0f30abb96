//! Replaying a dead letter.

use super::DeliveryRepository;
use crate::WebhookRepository;
use kernel::{DeliveryId, Instant, RepositoryError, Scope};
use std::collections::BTreeSet;
use thiserror::Error;

/// Why a dead letter was not replayed.
#[derive(Debug, Error)]
pub enum ReplayDeliveryError {
    /// There is none of that id inside the scope.
    #[error("dead letter {0} is not there")]
    NotFound(DeliveryId),
    /// Its webhook is disabled: nobody would take it.
    #[error("the webhook is disabled")]
    WebhookDisabled,
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Lets a dead letter be tried again, from the first attempt on.
pub fn replay_delivery(
    session: &mut (impl WebhookRepository + DeliveryRepository + ?Sized),
    now: Instant,
    scope: Scope,
    id: DeliveryId,
) -> Result<(), ReplayDeliveryError> {
    let letter = session
        .find_dead_letter(scope, id)?
        .ok_or(ReplayDeliveryError::NotFound(id))?;
    let key = (letter.agent_id, letter.webhook_id);
    let webhook = session
        .find_webhooks(&BTreeSet::from([key]))?
        .remove(&letter.webhook_id);
    if !webhook.is_some_and(|webhook| webhook.enabled) {
        return Err(ReplayDeliveryError::WebhookDisabled);
    }
    Ok(session.revive_dead_letter(&letter, now)?)
}
