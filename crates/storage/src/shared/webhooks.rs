//! Webhooks.

use super::{
    schema::webhooks,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment, corrupt},
};
use crate::{RowKey, Vault, sealed_tables::WEBHOOKS};
use diesel::prelude::*;
use events::{Subscription, Topics, Webhook, WebhookFormat, WebhookRepository, WebhookSecret, WebhookUrl};
use kernel::{AgentId, ReachedAgent, RepositoryError, WebhookId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = webhooks, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct WebhookRow {
    agent_id: Key,
    id: Key,
    url_sealed: Envelope,
    secret_sealed: Envelope,
    format: String,
    topics: serde_json::Value,
    enabled: bool,
    created_at: Moment,
    version: i64,
}

fn sealed_row(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &WEBHOOKS,
        key: RowKey::ids(agent_id, id),
    }
}

fn to_row(vault: &Vault, webhook: &Webhook) -> Result<WebhookRow, RepositoryError> {
    let (agent_id, id) = (Key::from(webhook.agent_id), Key::from(webhook.id));
    let row = sealed_row(vault, agent_id, id);
    Ok(WebhookRow {
        agent_id,
        id,
        url_sealed: row.seal("url_sealed", webhook.url.expose())?,
        secret_sealed: row.seal("secret_sealed", webhook.secret.expose())?,
        format: webhook.format.name().to_owned(),
        topics: webhook.topics.names().collect(),
        enabled: webhook.enabled,
        created_at: webhook.created_at.into(),
        version: webhook.version,
    })
}

fn to_topics(id: Key, topics: &serde_json::Value) -> Result<Topics, RepositoryError> {
    let names = topics.as_array().into_iter().flatten();
    let names: Option<Vec<_>> = names.map(serde_json::Value::as_str).collect();
    let unusable = |reason: &dyn std::fmt::Display| corrupt("webhooks", "topics", id, reason);
    Topics::parse(names.ok_or_else(|| unusable(&"are not texts"))?).map_err(|error| unusable(&error.code))
}

fn to_webhook(vault: &Vault, row: &WebhookRow) -> Result<Webhook, RepositoryError> {
    let sealed = sealed_row(vault, row.agent_id, row.id);
    Ok(Webhook {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        url: sealed.open("url_sealed", &row.url_sealed, WebhookUrl::parse)?,
        format: WebhookFormat::from_name(&row.format)
            .ok_or_else(|| corrupt("webhooks", "format", row.id, "unknown"))?,
        topics: to_topics(row.id, &row.topics)?,
        enabled: row.enabled,
        secret: sealed.open("secret_sealed", &row.secret_sealed, WebhookSecret::parse)?,
        created_at: row.created_at.0,
        version: row.version,
    })
}

impl WebhookRepository for Session {
    fn insert_webhook(&mut self, webhook: &Webhook) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, webhook)?;
        diesel::insert_into(webhooks::table)
            .values(&row)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn find_webhook(
        &mut self,
        agent: ReachedAgent,
        id: WebhookId,
    ) -> Result<Option<Webhook>, RepositoryError> {
        webhooks::table
            .filter(webhooks::agent_id.eq(Key::from(agent.id())))
            .filter(webhooks::id.eq(Key::from(id)))
            .select(WebhookRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_webhook(&self.shared.vault, &row))
            .transpose()
    }

    fn list_webhooks(&mut self, agent: ReachedAgent) -> Result<Vec<Webhook>, RepositoryError> {
        webhooks::table
            .filter(webhooks::agent_id.eq(Key::from(agent.id())))
            .order(webhooks::id)
            .select(WebhookRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| to_webhook(&self.shared.vault, row))
            .collect()
    }

    fn find_webhooks(
        &mut self,
        keys: &BTreeSet<(AgentId, WebhookId)>,
    ) -> Result<BTreeMap<WebhookId, Webhook>, RepositoryError> {
        let (agents, ids): (Vec<_>, Vec<_>) = keys
            .iter()
            .map(|(agent_id, id)| (Key::from(*agent_id), Key::from(*id)))
            .unzip();
        let rows: Vec<WebhookRow> = webhooks::table
            .filter(webhooks::agent_id.eq_any(agents))
            .filter(webhooks::id.eq_any(ids))
            .select(WebhookRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut found = BTreeMap::new();
        for row in rows {
            let webhook = to_webhook(&self.shared.vault, &row)?;
            // The two lists cross.
            if keys.contains(&(webhook.agent_id, webhook.id)) {
                found.insert(webhook.id, webhook);
            }
        }
        Ok(found)
    }

    fn save_webhook(&mut self, webhook: &Webhook) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, webhook)?;
        let saved = diesel::update(webhooks::table)
            .filter(webhooks::agent_id.eq(row.agent_id))
            .filter(webhooks::id.eq(row.id))
            .filter(webhooks::version.eq(webhook.version))
            .set((
                webhooks::url_sealed.eq(row.url_sealed),
                webhooks::format.eq(row.format),
                webhooks::topics.eq(row.topics),
                webhooks::enabled.eq(row.enabled),
                webhooks::version.eq(webhook.version + 1),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(saved, 1, "webhook")
    }

    fn delete_webhook(&mut self, agent: ReachedAgent, id: WebhookId) -> Result<bool, RepositoryError> {
        let (agent_id, id) = (Key::from(agent.id()), Key::from(id));
        let own = webhooks::table
            .filter(webhooks::agent_id.eq(agent_id))
            .filter(webhooks::id.eq(id));
        // What waits for it goes with it by its foreign key, that too which is being queued right now.
        let deleted = diesel::delete(own)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(deleted == 1)
    }

    fn find_subscriptions(
        &mut self,
        agents: &BTreeSet<AgentId>,
    ) -> Result<Vec<Subscription>, RepositoryError> {
        let agents: Vec<_> = agents.iter().copied().map(Key::from).collect();
        let rows: Vec<(Key, Key, serde_json::Value)> = webhooks::table
            .filter(webhooks::agent_id.eq_any(agents))
            .filter(webhooks::enabled.eq(true))
            .order((webhooks::agent_id, webhooks::id))
            .select((webhooks::agent_id, webhooks::id, webhooks::topics))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        rows.into_iter()
            .map(|(agent_id, id, topics)| {
                Ok(Subscription {
                    webhook_id: id.into(),
                    agent_id: agent_id.into(),
                    topics: to_topics(id, &topics)?,
                })
            })
            .collect()
    }
}
