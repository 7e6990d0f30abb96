//! Webhooks, and what is on its way to them.

use super::Memory;
use events::{
    Delivery, DeliveryRepository, DeliveryState, Failure, Subscription, Webhook, WebhookRepository,
};
use kernel::{
    AgentId, DeliveryId, Instant, Page, PageRequest, ReachedAgent, RepositoryError, Scope, WebhookId,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    webhooks: BTreeMap<WebhookId, Webhook>,
    pub(super) deliveries: BTreeMap<DeliveryId, Delivery>,
    leases: BTreeMap<DeliveryId, (Uuid, Instant)>,
}

impl Rows {
    fn is_due(&self, delivery: &Delivery, now: Instant) -> bool {
        let leased = self
            .leases
            .get(&delivery.id)
            .is_some_and(|(_, until)| *until > now);
        let waits = |delivery: &Delivery| matches!(delivery.state, DeliveryState::Waiting { .. });
        let before = |other: &&Delivery| {
            waits(other)
                && other.webhook_id == delivery.webhook_id
                && other.event.aggregate_id == delivery.event.aggregate_id
                && (other.event.aggregate_version, other.id) < (delivery.event.aggregate_version, delivery.id)
        };
        let in_time = match delivery.state {
            DeliveryState::Waiting { next_attempt_at } => next_attempt_at <= now,
            DeliveryState::Dead { .. } => false,
        };
        in_time && !leased && self.deliveries.values().find(before).is_none()
    }

    fn holds(&self, delivery: &Delivery, holder: Uuid) -> bool {
        self.leases.get(&delivery.id).is_some_and(|(by, _)| *by == holder)
    }
}

fn sees(scope: Scope, agent_id: AgentId) -> bool {
    scope.agent(agent_id).is_some()
}

impl WebhookRepository for Memory {
    fn insert_webhook(&mut self, webhook: &Webhook) -> Result<(), RepositoryError> {
        self.webhooks.webhooks.insert(webhook.id, webhook.clone());
        Ok(())
    }

    fn find_webhook(
        &mut self,
        agent: ReachedAgent,
        id: WebhookId,
    ) -> Result<Option<Webhook>, RepositoryError> {
        let found = self.webhooks.webhooks.get(&id);
        Ok(found.filter(|webhook| webhook.agent_id == agent.id()).cloned())
    }

    fn list_webhooks(&mut self, agent: ReachedAgent) -> Result<Vec<Webhook>, RepositoryError> {
        let webhooks = self.webhooks.webhooks.values();
        Ok(webhooks
            .filter(|webhook| webhook.agent_id == agent.id())
            .cloned()
            .collect())
    }

    fn find_webhooks(
        &mut self,
        keys: &BTreeSet<(AgentId, WebhookId)>,
    ) -> Result<BTreeMap<WebhookId, Webhook>, RepositoryError> {
        let mut found = self.webhooks.webhooks.clone();
        found.retain(|id, webhook| keys.contains(&(webhook.agent_id, *id)));
        Ok(found)
    }

    fn save_webhook(&mut self, webhook: &Webhook) -> Result<(), RepositoryError> {
        match self.webhooks.webhooks.get_mut(&webhook.id) {
            Some(stored) if stored.version == webhook.version => {
                *stored = Webhook {
                    version: webhook.version + 1,
                    ..webhook.clone()
                };
                Ok(())
            }
            _ => Err(RepositoryError::LostRace("webhook")),
        }
    }

    fn delete_webhook(&mut self, agent: ReachedAgent, id: WebhookId) -> Result<bool, RepositoryError> {
        if self.find_webhook(agent, id)?.is_none() {
            return Ok(false);
        }
        let rows = &mut self.webhooks;
        rows.webhooks.remove(&id);
        rows.deliveries.retain(|_, delivery| delivery.webhook_id != id);
        Ok(true)
    }

    fn find_subscriptions(
        &mut self,
        agents: &BTreeSet<AgentId>,
    ) -> Result<Vec<Subscription>, RepositoryError> {
        let webhooks = self.webhooks.webhooks.values();
        Ok(webhooks
            .filter(|webhook| webhook.enabled && agents.contains(&webhook.agent_id))
            .map(|webhook| Subscription {
                webhook_id: webhook.id,
                agent_id: webhook.agent_id,
                topics: webhook.topics.clone(),
            })
            .collect())
    }
}

impl DeliveryRepository for Memory {
    fn insert_deliveries(&mut self, deliveries: &[Delivery]) -> Result<(), RepositoryError> {
        for delivery in deliveries {
            let known =
                self.webhooks.deliveries.values().any(|known| {
                    (known.webhook_id, known.event.id) == (delivery.webhook_id, delivery.event.id)
                });
            if !known {
                self.webhooks.deliveries.insert(delivery.id, delivery.clone());
            }
        }
        Ok(())
    }

    fn find_due_deliveries(
        &mut self,
        now: Instant,
        without: &[WebhookId],
        limit: u16,
    ) -> Result<Vec<Delivery>, RepositoryError> {
        let rows = &self.webhooks;
        let mut due: Vec<_> = rows
            .deliveries
            .values()
            .filter(|delivery| rows.is_due(delivery, now) && !without.contains(&delivery.webhook_id))
            .cloned()
            .collect();
        due.sort_by_key(|delivery| match delivery.state {
            DeliveryState::Waiting { next_attempt_at } => (next_attempt_at, delivery.id),
            DeliveryState::Dead { at } => (at, delivery.id),
        });
        due.truncate(limit.into());
        Ok(due)
    }

    fn lease_delivery(
        &mut self,
        delivery: &Delivery,
        holder: Uuid,
        now: Instant,
        until: Instant,
    ) -> Result<bool, RepositoryError> {
        let rows = &mut self.webhooks;
        let due = rows
            .deliveries
            .get(&delivery.id)
            .is_some_and(|stored| rows.is_due(stored, now));
        if due {
            rows.leases.insert(delivery.id, (holder, until));
        }
        Ok(due)
    }

    fn remove_delivery(&mut self, delivery: &Delivery, holder: Uuid) -> Result<(), RepositoryError> {
        if self.webhooks.holds(delivery, holder) {
            self.webhooks.deliveries.remove(&delivery.id);
            self.webhooks.leases.remove(&delivery.id);
        }
        Ok(())
    }

    fn save_delivery(&mut self, delivery: &Delivery, holder: Uuid) -> Result<(), RepositoryError> {
        if self.webhooks.holds(delivery, holder) {
            self.webhooks.deliveries.insert(delivery.id, delivery.clone());
            self.webhooks.leases.remove(&delivery.id);
        }
        Ok(())
    }

    fn end_deliveries(
        &mut self,
        agent_id: AgentId,
        webhook_id: WebhookId,
        at: Instant,
        failure: Failure,
    ) -> Result<(), RepositoryError> {
        let rows = &mut self.webhooks;
        for delivery in rows.deliveries.values_mut() {
            let waits = matches!(delivery.state, DeliveryState::Waiting { .. });
            if waits && (delivery.agent_id, delivery.webhook_id) == (agent_id, webhook_id) {
                *delivery = delivery.clone().ended(failure, at);
                rows.leases.remove(&delivery.id);
            }
        }
        Ok(())
    }

    fn list_dead_letters(
        &mut self,
        scope: Scope,
        page: &PageRequest<DeliveryId>,
    ) -> Result<Page<Delivery, DeliveryId>, RepositoryError> {
        let fetched = self
            .webhooks
            .deliveries
            .values()
            .rev()
            .filter(|delivery| matches!(delivery.state, DeliveryState::Dead { .. }))
            .filter(|delivery| sees(scope, delivery.agent_id))
            .filter(|delivery| page.after.is_none_or(|after| delivery.id < after))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(fetched, page, |delivery: &Delivery| delivery.id))
    }

    fn find_dead_letter(
        &mut self,
        scope: Scope,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, RepositoryError> {
        let found = self.webhooks.deliveries.get(&id);
        Ok(found
            .filter(|delivery| matches!(delivery.state, DeliveryState::Dead { .. }))
            .filter(|delivery| sees(scope, delivery.agent_id))
            .cloned())
    }

    fn revive_dead_letter(&mut self, letter: &Delivery, at: Instant) -> Result<(), RepositoryError> {
        match self.webhooks.deliveries.get_mut(&letter.id) {
            Some(stored) if matches!(stored.state, DeliveryState::Dead { .. }) => {
                stored.state = DeliveryState::Waiting { next_attempt_at: at };
                stored.attempts = 0;
                Ok(())
            }
            _ => Err(RepositoryError::LostRace("dead letter")),
        }
    }

    fn count_deliveries(&mut self) -> Result<(u64, u64), RepositoryError> {
        let all = self.webhooks.deliveries.values();
        let (dead, waiting): (Vec<_>, Vec<_>) =
            all.partition(|delivery| matches!(delivery.state, DeliveryState::Dead { .. }));
        Ok((
            u64::try_from(waiting.len()).unwrap(),
            u64::try_from(dead.len()).unwrap(),
        ))
    }
}
