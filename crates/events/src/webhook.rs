//! Webhooks: where headquarters or an agent wants to be told of what happens, by a signed request of ours.

mod address;
mod change;
mod create;
mod secret;
mod topics;
mod url;

pub use address::{AddressPolicy, is_public};
pub use change::{ChangeWebhook, ChangeWebhookError, change_webhook, disable_webhook};
pub use create::{CreateWebhook, CreateWebhookError, MAXIMUM_WEBHOOKS, create_webhook};
pub use secret::WebhookSecret;
pub use topics::Topics;
pub use url::WebhookUrl;

use kernel::{AgentId, Instant, ReachedAgent, RepositoryError, WebhookId};
use std::collections::{BTreeMap, BTreeSet};

/// In which form events are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookFormat {
    /// Our own JSON.
    Json,
    /// A message of a `WeCom` group robot (企业微信群机器人), for people to read.
    Wecom,
}

impl WebhookFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Json, Self::Wecom];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Wecom => "wecom",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Where an office wants to be told of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Whose: an agent hears of its own, headquarters of everybody's.
    pub agent_id: AgentId,
    /// Where.
    pub url: WebhookUrl,
    /// In which form.
    pub format: WebhookFormat,
    /// Of what.
    pub topics: Topics,
    /// Whether it is told at all.
    pub enabled: bool,
    /// What proves that a request is ours.
    pub secret: WebhookSecret,
    /// Since when.
    pub created_at: Instant,
    /// Its version as loaded, 1 when new.
    pub version: i64,
}

/// What a webhook that is enabled wants to be told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Which.
    pub webhook_id: WebhookId,
    /// Whose.
    pub agent_id: AgentId,
    /// Of what.
    pub topics: Topics,
}

/// The webhooks.
pub trait WebhookRepository {
    /// Adds a webhook.
    fn insert_webhook(&mut self, webhook: &Webhook) -> Result<(), RepositoryError>;

    /// The agent's webhook of that id.
    fn find_webhook(
        &mut self,
        agent: ReachedAgent,
        id: WebhookId,
    ) -> Result<Option<Webhook>, RepositoryError>;

    /// All of the agent's webhooks, oldest first.
    fn list_webhooks(&mut self, agent: ReachedAgent) -> Result<Vec<Webhook>, RepositoryError>;

    /// Those webhooks, for whoever sends to them; absent where there is none.
    fn find_webhooks(
        &mut self,
        keys: &BTreeSet<(AgentId, WebhookId)>,
    ) -> Result<BTreeMap<WebhookId, Webhook>, RepositoryError>;

    /// Saves url, format, topics and whether it is enabled, under the next version. [`RepositoryError::LostRace`] if another
    /// transaction saved it first.
    fn save_webhook(&mut self, webhook: &Webhook) -> Result<(), RepositoryError>;

    /// Removes the agent's webhook of that id with everything that waits for it; answers whether there was one.
    fn delete_webhook(&mut self, agent: ReachedAgent, id: WebhookId) -> Result<bool, RepositoryError>;

    /// What the enabled webhooks of those agents want to be told of.
    fn find_subscriptions(
        &mut self,
        agents: &BTreeSet<AgentId>,
    ) -> Result<Vec<Subscription>, RepositoryError>;
}
