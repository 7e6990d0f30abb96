//! Changing a webhook.

use super::{Topics, Webhook, WebhookFormat, WebhookRepository, WebhookUrl};
use crate::{DeliveryRepository, Failure};
use kernel::{AgentId, Instant, ReachedAgent, RepositoryError, WebhookId};
use std::collections::BTreeSet;
use thiserror::Error;

/// What changes about a webhook; what is absent stays.
#[derive(Clone, Debug)]
pub struct ChangeWebhook {
    /// Which.
    pub id: WebhookId,
    /// The version that was read, where somebody did.
    pub version: Option<i64>,
    /// Where; checked.
    pub url: Option<WebhookUrl>,
    /// In which form.
    pub format: Option<WebhookFormat>,
    /// Of what.
    pub topics: Option<Topics>,
    /// Whether it is told at all.
    pub enabled: Option<bool>,
}

/// Why a webhook was not changed.
#[derive(Debug, Error)]
pub enum ChangeWebhookError {
    /// The office has no such webhook.
    #[error("webhook {0} is not there")]
    NotFound(WebhookId),
    /// Somebody changed it since it was read.
    #[error("the webhook has changed")]
    Stale,
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Changes a webhook of an office. One that is disabled is told nothing more: what waits for it becomes dead letters.
pub fn change_webhook(
    session: &mut (impl WebhookRepository + DeliveryRepository + ?Sized),
    now: Instant,
    agent: ReachedAgent,
    command: ChangeWebhook,
) -> Result<Webhook, ChangeWebhookError> {
    let webhook = session
        .find_webhook(agent, command.id)?
        .ok_or(ChangeWebhookError::NotFound(command.id))?;
    if command.version.is_some_and(|read| read != webhook.version) {
        return Err(ChangeWebhookError::Stale);
    }
    let changed = Webhook {
        url: command.url.unwrap_or(webhook.url),
        format: command.format.unwrap_or(webhook.format),
        topics: command.topics.unwrap_or(webhook.topics),
        enabled: command.enabled.unwrap_or(webhook.enabled),
        ..webhook
    };
    session.save_webhook(&changed)?;
    if !changed.enabled {
        session.end_deliveries(changed.agent_id, changed.id, now, Failure::Disabled)?;
    }
    Ok(Webhook {
        version: changed.version + 1,
        ..changed
    })
}

/// Disables a webhook whose receiver says that it is gone for good.
pub fn disable_webhook(
    session: &mut (impl WebhookRepository + DeliveryRepository + ?Sized),
    now: Instant,
    agent_id: AgentId,
    id: WebhookId,
) -> Result<(), RepositoryError> {
    let found = session
        .find_webhooks(&BTreeSet::from([(agent_id, id)]))?
        .remove(&id);
    if let Some(webhook) = found.filter(|webhook| webhook.enabled) {
        session.save_webhook(&Webhook {
            enabled: false,
            ..webhook
        })?;
        session.end_deliveries(agent_id, id, now, Failure::Gone)?;
    }
    Ok(())
}
