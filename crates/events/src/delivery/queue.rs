//! From an event to the webhooks that want it, and which deliveries go next.

use super::{Delivery, DeliveryRepository, DeliveryState};
use crate::{Event, WebhookRepository};
use kernel::{AgentId, DeliveryId, IdSource, Instant, RepositoryError, WebhookId};
use std::collections::{BTreeMap, BTreeSet};

/// How many deliveries one node has on their way at once.
pub const DUE_AT_ONCE: usize = 16;
/// How many of them to one webhook: a slow receiver holds up its own.
pub const DUE_OF_A_WEBHOOK_AT_ONCE: usize = 4;

/// Queues each event for the webhooks that want it: those of its own agent, and those of headquarters, which hear of all.
/// Answers how many deliveries that were.
pub fn queue_deliveries(
    session: &mut (impl WebhookRepository + DeliveryRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    events: &[Event],
) -> Result<usize, RepositoryError> {
    if events.is_empty() {
        return Ok(0);
    }
    let agents: BTreeSet<_> = events
        .iter()
        .map(|event| event.agent_id)
        .chain([AgentId::HEADQUARTERS])
        .collect();
    let subscriptions = session.find_subscriptions(&agents)?;
    let mut deliveries = Vec::new();
    for event in events {
        for subscription in &subscriptions {
            let hears = [event.agent_id, AgentId::HEADQUARTERS].contains(&subscription.agent_id);
            if hears && subscription.topics.contain(&event.fact) {
                deliveries.push(Delivery {
                    id: DeliveryId::from_uuid(ids.next_uuid(now)),
                    agent_id: subscription.agent_id,
                    webhook_id: subscription.webhook_id,
                    event: event.clone(),
                    state: DeliveryState::Waiting { next_attempt_at: now },
                    attempts: 0,
                    last_failure: None,
                });
            }
        }
    }
    session.insert_deliveries(&deliveries)?;
    Ok(deliveries.len())
}

/// Of what is due, what one node sends next: [`DUE_AT_ONCE`] in all, and of each webhook [`DUE_OF_A_WEBHOOK_AT_ONCE`].
pub fn choose_due(due: Vec<Delivery>) -> Vec<Delivery> {
    let mut of_a_webhook: BTreeMap<WebhookId, usize> = BTreeMap::new();
    let mut chosen: Vec<_> = due
        .into_iter()
        .filter(|delivery| {
            let taken = of_a_webhook.entry(delivery.webhook_id).or_default();
            *taken += 1;
            *taken <= DUE_OF_A_WEBHOOK_AT_ONCE
        })
        .collect();
    chosen.truncate(DUE_AT_ONCE);
    chosen
}
