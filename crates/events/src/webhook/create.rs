//! Making a webhook.

use super::{Topics, Webhook, WebhookFormat, WebhookRepository, WebhookSecret, WebhookUrl};
use kernel::{IdSource, Instant, ReachedAgent, RepositoryError, WebhookId};
use thiserror::Error;

/// How many webhooks an office may have.
pub const MAXIMUM_WEBHOOKS: usize = 10;

/// A webhook as it is asked for; its address is checked.
#[derive(Clone, Debug)]
pub struct CreateWebhook {
    /// Where.
    pub url: WebhookUrl,
    /// In which form.
    pub format: WebhookFormat,
    /// Of what.
    pub topics: Topics,
    /// Its secret, fresh.
    pub secret: WebhookSecret,
}

/// Why a webhook was not made.
#[derive(Debug, Error)]
pub enum CreateWebhookError {
    /// The office has as many as it may.
    #[error("the office has {MAXIMUM_WEBHOOKS} webhooks")]
    TooMany,
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Makes a webhook of an office, enabled.
pub fn create_webhook(
    session: &mut (impl WebhookRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    agent: ReachedAgent,
    command: CreateWebhook,
) -> Result<Webhook, CreateWebhookError> {
    if session.list_webhooks(agent)?.len() >= MAXIMUM_WEBHOOKS {
        return Err(CreateWebhookError::TooMany);
    }
    let webhook = Webhook {
        id: WebhookId::from_uuid(ids.next_uuid(now)),
        agent_id: agent.id(),
        url: command.url,
        format: command.format,
        topics: command.topics,
        enabled: true,
        secret: command.secret,
        created_at: now,
        version: 1,
    };
    session.insert_webhook(&webhook)?;
    Ok(webhook)
}
