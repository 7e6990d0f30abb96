//! Sends what waits for webhooks: leased row by row, sent outside of every transaction, and tried again with growing pauses.
//!
//! Who dies between sending and noting it leaves a lease that runs out, and the next one sends once more: a receiver gets
//! each event at least once, and knows it by its id.

use crate::{metrics, problem::Problem, state::State};
use actix_web::{http::StatusCode, web::block};
use chrono::TimeDelta;
use events::{
    AddressPolicy, Delivery, DeliveryRepository, Failure, Webhook, WebhookPort, choose_due, disable_webhook,
    judge,
};
use futures_util::future::join_all;
use kernel::{Instant, RepositoryError, WebhookId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use storage::Database;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// How long a node that died keeps the others from a delivery: longer than sending and noting it takes.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// How many due deliveries are looked at, to choose from.
const LOOKED_AT: u16 = 256;
/// How often it looks while nothing is due.
const INTERVAL: Duration = Duration::from_millis(500);
/// The longest pause after failures of the database.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(30);
/// How often what waits is counted.
const COUNTING: Duration = Duration::from_secs(15);
/// How long this node leaves a receiver alone that failed, at first and at most, whatever else waits for it: one that is
/// down costs little, and keeps nobody else waiting.
const FIRST_REST: TimeDelta = TimeDelta::seconds(1);
const LONGEST_REST: TimeDelta = TimeDelta::minutes(1);
/// How many people may wait for a receiver or for a name; further ones are turned away at once.
const PLACES: usize = 8;
/// When they may try again.
const RETRY_AFTER_SECONDS: u16 = 10;

/// Webhooks, as the handlers ask them.
pub struct Webhooks {
    port: Arc<dyn WebhookPort>,
    places: Arc<Semaphore>,
}

impl Webhooks {
    /// A queue before that port.
    pub fn new(port: Arc<dyn WebhookPort>) -> Self {
        Self {
            port,
            places: Arc::new(Semaphore::new(PLACES)),
        }
    }

    /// Where webhooks may point.
    pub fn policy(&self) -> AddressPolicy {
        self.port.policy()
    }

    /// Asks, off the async threads; 503 at once where too many wait already. A question that nobody waits for any more keeps
    /// its place until it is answered.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn WebhookPort) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "webhooks_busy",
                "正在核对或测试的回调过多，请稍后再试",
                "Too many webhooks are being tried; try again later.",
            )
            .retry_after_seconds(RETRY_AFTER_SECONDS)
        })?;
        let port = Arc::clone(&self.port);
        let answered = block(move || {
            let _held = place;
            question(port.as_ref())
        });
        answered.await.map_err(Problem::internal)
    }
}

/// The receivers that this node leaves alone: until when, and how often they failed in a row.
#[derive(Debug, Default)]
struct Resting(BTreeMap<WebhookId, (Instant, i32)>);

impl Resting {
    fn at(&self, now: Instant) -> Vec<WebhookId> {
        let resting = self.0.iter().filter(|(_, (until, _))| *until > now);
        resting.map(|(id, _)| *id).collect()
    }

    /// Notes how it went with some of them.
    fn note(&mut self, now: Instant, failed: &BTreeSet<WebhookId>, answered: &BTreeSet<WebhookId>) {
        self.0
            .retain(|id, (until, _)| !answered.contains(id) && *until + LONGEST_REST > now);
        for id in failed.difference(answered) {
            let (until, failures) = self.0.entry(*id).or_insert((now, 0));
            *until = now + (FIRST_REST * (1 << *failures)).min(LONGEST_REST);
            // Enough for the longest rest.
            *failures = (*failures + 1).min(6);
        }
    }
}

/// Sends for as long as it is polled. After a failure of the database it pauses, twice as long each time.
pub(crate) async fn send_forever(state: State, node: Uuid) {
    let (mut resting, mut pause) = (Resting::default(), INTERVAL);
    let mut counted_at = None;
    loop {
        pause = match send_due(&state, node, &mut resting).await {
            // More may be due behind it.
            Ok(sent) if sent > 0 => Duration::ZERO,
            Ok(_) => INTERVAL,
            Err(error) => {
                tracing::warn!(%error, "webhooks cannot be served");
                (pause * 2).clamp(INTERVAL, LONGEST_BACK_OFF)
            }
        };
        let now = tokio::time::Instant::now();
        if counted_at.is_none_or(|at| at + COUNTING <= now) {
            counted_at = Some(now);
            let database = state.database.clone();
            let counted =
                block(move || database.read::<_, RepositoryError>(DeliveryRepository::count_deliveries));
            if let Ok(Ok((waiting, dead))) = counted.await {
                metrics::record_deliveries(waiting, dead);
            }
        }
        actix_web::rt::time::sleep(pause).await;
    }
}

/// Sends what is due and chosen now, all of it at once, and answers how much that was.
async fn send_due(state: &State, node: Uuid, resting: &mut Resting) -> Result<usize, RepositoryError> {
    let (database, now) = (state.database.clone(), state.clock.now());
    let without = resting.at(now);
    let claimed = off_the_async_threads(move || claim(&database, node, now, &without)).await?;
    let sending = claimed.into_iter().map(|(delivery, webhook)| {
        let (port, clock) = (Arc::clone(&state.webhooks.port), Arc::clone(&state.clock));
        block(move || {
            let request = delivery.request(&webhook, clock.now());
            let answer = port.send(&request);
            let judged = answer.and_then(|answer| judge(webhook.format, &answer));
            (delivery, judged)
        })
    });
    // Of a panic, the hook has logged where; its lease runs out.
    let sent: Vec<_> = join_all(sending).await.into_iter().flatten().collect();
    let of = |went: fn(&Result<(), Failure>) -> bool| {
        let these = sent.iter().filter(|(_, judged)| went(judged));
        these.map(|(delivery, _)| delivery.webhook_id).collect()
    };
    resting.note(now, &of(Result::is_err), &of(Result::is_ok));
    let (database, now, count) = (state.database.clone(), state.clock.now(), sent.len());
    if count > 0 {
        off_the_async_threads(move || note(&database, node, now, &sent)).await?;
    }
    Ok(count)
}

async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RepositoryError> + Send + 'static,
) -> Result<T, RepositoryError> {
    let panicked = |_| RepositoryError::Refused("the database work panicked".to_owned());
    block(work).await.map_err(panicked)?
}

/// Leases what is due and chosen, with the webhooks it goes to. What nobody takes any more becomes a dead letter.
fn claim(
    database: &Database,
    node: Uuid,
    now: Instant,
    without: &[WebhookId],
) -> Result<Vec<(Delivery, Webhook)>, RepositoryError> {
    // A look costs no write transaction, of which SQLite has one at a time.
    let due = database.read(|session| session.find_due_deliveries(now, without, LOOKED_AT))?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    database.write(|session| {
        let mut due = choose_due(session.find_due_deliveries(now, without, LOOKED_AT)?);
        // In the order of their keys, so that two nodes wait for one another and never both.
        due.sort_by_key(|delivery| (delivery.agent_id, delivery.id));
        let keys = due
            .iter()
            .map(|delivery| (delivery.agent_id, delivery.webhook_id));
        let webhooks = session.find_webhooks(&keys.collect())?;
        let mut claimed = Vec::new();
        for delivery in due {
            if !session.lease_delivery(&delivery, node, now, now + LEASE)? {
                continue;
            }
            match webhooks
                .get(&delivery.webhook_id)
                .filter(|webhook| webhook.enabled)
            {
                Some(webhook) => claimed.push((delivery, webhook.clone())),
                None => session.save_delivery(&delivery.ended(Failure::Disabled, now), node)?,
            }
        }
        Ok(claimed)
    })
}

/// Notes how it went.
fn note(
    database: &Database,
    node: Uuid,
    now: Instant,
    sent: &[(Delivery, Result<(), Failure>)],
) -> Result<(), RepositoryError> {
    for (delivery, judged) in sent {
        let Delivery { id, webhook_id, .. } = delivery;
        match judged {
            Ok(()) => tracing::debug!(delivery_id = %id, %webhook_id, "delivered to a webhook"),
            Err(failure) => {
                let failure = failure.name();
                tracing::info!(delivery_id = %id, %webhook_id, failure, "a webhook was not reached");
            }
        }
    }
    database.write(|session| {
        for (delivery, judged) in sent {
            match judged {
                Ok(()) => session.remove_delivery(delivery, node)?,
                Err(Failure::Gone) => disable_webhook(session, now, delivery.agent_id, delivery.webhook_id)?,
                Err(failure) => session.save_delivery(&delivery.clone().failed(*failure, now), node)?,
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_that_fails_rests_for_longer_and_longer_until_it_answers() {
        let (mut resting, mut now) = (
            Resting::default(),
            "2026-11-22T08:00:00Z".parse::<Instant>().unwrap(),
        );
        let failing = WebhookId::from_uuid(Uuid::from_u128(1));
        let (these, none) = (BTreeSet::from([failing]), BTreeSet::new());
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            resting.note(now, &these, &none);
            now += TimeDelta::seconds(seconds);
            assert_eq!(resting.at(now - TimeDelta::microseconds(1)), [failing]);
            assert_eq!(resting.at(now), []);
        }
        // One of several that went together was taken: it is there.
        resting.note(now, &these, &these);
        assert_eq!(resting.at(now), []);
        resting.note(now, &these, &none);
        assert_eq!(resting.at(now + TimeDelta::seconds(1)), []);
    }
}
