//! What webhooks and deliveries promise.

use crate::{SeededIds, Store, instant};
use events::{
    Delivery, DeliveryRepository, DeliveryState, Event, Fact, Failure, Subscription, Topics, Webhook,
    WebhookFormat, WebhookRepository, WebhookSecret, WebhookUrl, queue_deliveries,
};
use kernel::{
    AgentId, DeliveryId, EventId, Instant, OrderId, PageRequest, ReachedAgent, RepositoryError, Scope,
    WebhookId,
};
use std::{collections::BTreeSet, time::Duration};
use uuid::Uuid;

const LIMIT: u16 = 50;

fn write<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn later(seconds: u64) -> Instant {
    now() + Duration::from_secs(seconds)
}

fn agent(number: u128) -> AgentId {
    AgentId::from_uuid(Uuid::from_u128(number))
}

fn office(agent_id: AgentId) -> ReachedAgent {
    Scope::Agent(agent_id).own_agent().unwrap()
}

fn webhook(id: u128, agent_id: AgentId) -> Webhook {
    Webhook {
        id: WebhookId::from_uuid(Uuid::from_u128(id)),
        agent_id,
        url: WebhookUrl::parse("https://example.com/hook?key=secret").unwrap(),
        format: WebhookFormat::Json,
        topics: Topics::parse(["order_placed", "order_rated"]).unwrap(),
        enabled: true,
        secret: WebhookSecret::of([7; 32]),
        created_at: now(),
        version: 1,
    }
}

fn event(id: u128, agent_id: AgentId, aggregate: u128, version: i64) -> Event {
    Event {
        id: EventId::from_uuid(Uuid::from_u128(id)),
        agent_id,
        aggregate_id: Uuid::from_u128(aggregate),
        aggregate_version: version,
        occurred_at: now(),
        fact: Fact::OrderPlaced {
            order_id: OrderId::from_uuid(Uuid::from_u128(aggregate)),
        },
    }
}

fn delivery(id: u128, webhook: &Webhook, event: Event) -> Delivery {
    Delivery {
        id: DeliveryId::from_uuid(Uuid::from_u128(id)),
        agent_id: webhook.agent_id,
        webhook_id: webhook.id,
        event,
        state: DeliveryState::Waiting {
            next_attempt_at: now(),
        },
        attempts: 0,
        last_failure: None,
    }
}

fn holder(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A webhook reads back as it was written, to its own office.
pub fn a_webhook_comes_back_to_its_office<S: Store>(store: &S)
where
    S::Session: WebhookRepository,
{
    let (own, other) = (webhook(1, agent(7)), webhook(2, agent(8)));
    let (mine, not_mine, listed, found) = write(store, |session| {
        session.insert_webhook(&own)?;
        session.insert_webhook(&other)?;
        let wrong_agent = (agent(8), own.id);
        Ok((
            session.find_webhook(office(agent(7)), own.id)?,
            session.find_webhook(office(agent(7)), other.id)?,
            session.list_webhooks(office(agent(7)))?,
            session.find_webhooks(&BTreeSet::from([(other.agent_id, other.id), wrong_agent]))?,
        ))
    });
    assert_eq!((mine.as_ref(), not_mine), (Some(&own), None));
    assert_eq!(listed, [own]);
    assert_eq!(found.into_values().collect::<Vec<_>>(), [other]);
}

/// A webhook is saved under its version once, and one that is disabled subscribes to nothing.
pub fn a_webhook_is_saved_under_its_version_once<S: Store>(store: &S)
where
    S::Session: WebhookRepository,
{
    let before = webhook(1, agent(7));
    let changed = Webhook {
        url: WebhookUrl::parse("https://example.com/other").unwrap(),
        format: WebhookFormat::Wecom,
        topics: Topics::parse(["stock_low"]).unwrap(),
        enabled: false,
        ..before.clone()
    };
    let asked = BTreeSet::from([agent(7), agent(8)]);
    let (subscribed, none) = write(store, |session| {
        session.insert_webhook(&before)?;
        session.insert_webhook(&webhook(2, agent(9)))?;
        let subscribed = session.find_subscriptions(&asked)?;
        session.save_webhook(&changed)?;
        Ok((subscribed, session.find_subscriptions(&asked)?))
    });
    assert_eq!(
        subscribed,
        [Subscription {
            webhook_id: before.id,
            agent_id: agent(7),
            topics: before.topics.clone(),
        }]
    );
    assert_eq!(none, []);
    let stale = store.write::<(), RepositoryError>(|session| session.save_webhook(&before));
    assert!(matches!(stale, Err(RepositoryError::LostRace(_))), "{stale:?}");
    let stored = write(store, |session| session.find_webhook(office(agent(7)), before.id));
    assert_eq!(
        stored,
        Some(Webhook {
            version: 2,
            ..changed
        })
    );
}

/// A webhook takes along what waits for it, and only its own office removes it.
pub fn a_webhook_goes_with_its_deliveries<S: Store>(store: &S)
where
    S::Session: WebhookRepository + DeliveryRepository,
{
    let (own, other) = (webhook(1, agent(7)), webhook(2, agent(8)));
    let (refused, deleted, again, counts) = write(store, |session| {
        session.insert_webhook(&own)?;
        session.insert_webhook(&other)?;
        session.insert_deliveries(&[
            delivery(1, &own, event(1, agent(7), 1, 1)),
            delivery(2, &other, event(2, agent(8), 2, 1)),
        ])?;
        Ok((
            session.delete_webhook(office(agent(8)), own.id)?,
            session.delete_webhook(office(agent(7)), own.id)?,
            session.delete_webhook(office(agent(7)), own.id)?,
            session.count_deliveries()?,
        ))
    });
    assert_eq!((refused, deleted, again), (false, true, false));
    assert_eq!(counts, (1, 0));
}

/// An event is queued for the webhooks of its agent and of headquarters that want it, and for each once.
pub fn an_event_is_queued_for_whoever_wants_it_once<S: Store>(store: &S)
where
    S::Session: WebhookRepository + DeliveryRepository,
{
    let ids = SeededIds::new(1);
    let hooks = [
        webhook(1, agent(7)),
        webhook(2, agent(8)),
        webhook(3, AgentId::HEADQUARTERS),
        Webhook {
            topics: Topics::parse(["stock_low"]).unwrap(),
            ..webhook(4, agent(7))
        },
    ];
    let placed = event(1, agent(7), 1, 1);
    let due = write(store, |session| {
        for hook in &hooks {
            session.insert_webhook(hook)?;
        }
        queue_deliveries(session, &ids, now(), std::slice::from_ref(&placed))?;
        queue_deliveries(session, &ids, now(), std::slice::from_ref(&placed))?;
        session.find_due_deliveries(now(), &[], LIMIT)
    });
    let mut queued: Vec<_> = due
        .iter()
        .map(|delivery| (delivery.webhook_id, delivery.agent_id))
        .collect();
    queued.sort_unstable();
    assert_eq!(
        queued,
        [(hooks[0].id, agent(7)), (hooks[2].id, AgentId::HEADQUARTERS)]
    );
    assert!(due.iter().all(|delivery| delivery.event == placed));
}

/// Of one webhook and aggregate the lowest version that waits is due, and nothing before its time, nothing that is leased,
/// nothing for a webhook that is left out.
pub fn deliveries_are_due_in_the_order_of_their_aggregate<S: Store>(store: &S)
where
    S::Session: WebhookRepository + DeliveryRepository,
{
    let (hook, other) = (webhook(1, agent(7)), webhook(2, agent(7)));
    // The later version has the smaller ids: neither they nor time tell the order.
    let second = delivery(1, &hook, event(1, agent(7), 1, 2));
    let first = delivery(2, &hook, event(2, agent(7), 1, 1));
    let elsewhere = delivery(3, &hook, event(3, agent(7), 2, 5));
    let others = delivery(4, &other, event(1, agent(7), 1, 2));
    let not_yet = Delivery {
        state: DeliveryState::Waiting {
            next_attempt_at: later(10),
        },
        ..delivery(5, &other, event(5, agent(7), 3, 1))
    };
    let due_ids = |at, without: &[WebhookId]| {
        let due = write(store, |session| session.find_due_deliveries(at, without, LIMIT));
        due.iter().map(|delivery| delivery.id).collect::<Vec<_>>()
    };
    write(store, |session| {
        session.insert_webhook(&hook)?;
        session.insert_webhook(&other)?;
        session.insert_deliveries(&[
            second.clone(),
            first.clone(),
            elsewhere.clone(),
            others.clone(),
            not_yet.clone(),
        ])
    });
    assert_eq!(due_ids(now(), &[]), [first.id, elsewhere.id, others.id]);
    assert_eq!(due_ids(now(), &[hook.id]), [others.id]);
    assert_eq!(
        due_ids(later(10), &[]),
        [first.id, elsewhere.id, others.id, not_yet.id]
    );
    // The first one fails: its successor waits with it, whatever its own time says.
    let failed = first.clone().failed(Failure::Timeout, now());
    let leased = write(store, |session| {
        let leased = session.lease_delivery(&first, holder(1), now(), later(60))?;
        session.save_delivery(&failed, holder(1))?;
        Ok(leased)
    });
    assert!(leased);
    assert_eq!(due_ids(now(), &[]), [elsewhere.id, others.id]);
    // It is dead: its successor passes.
    let dead = failed.ended(Failure::Timeout, later(20));
    write(store, |session| {
        session.lease_delivery(&first, holder(1), later(20), later(60))?;
        session.save_delivery(&dead, holder(1))
    });
    assert_eq!(due_ids(now(), &[]), [second.id, elsewhere.id, others.id]);
}

/// A delivery is leased to one holder until its lease runs out, and only the holder says how it ended.
pub fn a_delivery_is_leased_to_one_holder<S: Store>(store: &S)
where
    S::Session: WebhookRepository + DeliveryRepository,
{
    let hook = webhook(1, agent(7));
    let waiting = delivery(1, &hook, event(1, agent(7), 1, 1));
    let take = |by, at| {
        write(store, |session| {
            session.lease_delivery(&waiting, holder(by), at, at + Duration::from_mins(1))
        })
    };
    let due = |at| write(store, |session| session.find_due_deliveries(at, &[], LIMIT)).len();
    write(store, |session| {
        session.insert_webhook(&hook)?;
        session.insert_deliveries(std::slice::from_ref(&waiting))
    });
    assert_eq!(
        (take(1, now()), take(2, later(59)), due(later(59))),
        (true, false, 0)
    );
    assert_eq!((due(later(60)), take(2, later(60))), (1, true));
    // Who was too slow changes nothing.
    write(store, |session| {
        session.remove_delivery(&waiting, holder(1))?;
        session.save_delivery(&waiting.clone().ended(Failure::Timeout, later(61)), holder(1))
    });
    assert_eq!(write(store, DeliveryRepository::count_deliveries), (1, 0));
    write(store, |session| session.remove_delivery(&waiting, holder(2)));
    assert_eq!(write(store, DeliveryRepository::count_deliveries), (0, 0));
    assert!(!take(3, later(999)));
}

/// What waits for a webhook that is disabled is dead, with the reason; what waits for others is not.
pub fn what_waits_for_a_disabled_webhook_is_dead<S: Store>(store: &S)
where
    S::Session: WebhookRepository + DeliveryRepository,
{
    let (hook, other) = (webhook(1, agent(7)), webhook(2, agent(7)));
    let waiting = delivery(1, &hook, event(1, agent(7), 1, 1));
    let page = PageRequest::first();
    let (letters, counts) = write(store, |session| {
        session.insert_webhook(&hook)?;
        session.insert_webhook(&other)?;
        session.insert_deliveries(&[waiting.clone(), delivery(2, &other, event(1, agent(7), 1, 1))])?;
        session.lease_delivery(&waiting, holder(1), now(), later(60))?;
        session.end_deliveries(agent(7), hook.id, later(1), Failure::Disabled)?;
        // It was on its way, and its end comes too late.
        session.save_delivery(&waiting, holder(1))?;
        Ok((
            session.list_dead_letters(Scope::All, &page)?.items,
            session.count_deliveries()?,
        ))
    });
    assert_eq!(letters, [waiting.ended(Failure::Disabled, later(1))]);
    assert_eq!(counts, (1, 1));
}

/// Dead letters are an agent's own, headquarters sees all; one that is replayed waits again, once.
pub fn dead_letters_are_listed_and_replayed_once<S: Store>(store: &S)
where
    S::Session: WebhookRepository + DeliveryRepository,
{
    let (own, other) = (webhook(1, agent(7)), webhook(2, agent(8)));
    let letters = [
        delivery(1, &own, event(1, agent(7), 1, 1)),
        delivery(2, &other, event(2, agent(8), 2, 1)),
        delivery(3, &own, event(3, agent(7), 3, 1)),
    ];
    write(store, |session| {
        session.insert_webhook(&own)?;
        session.insert_webhook(&other)?;
        session.insert_deliveries(&letters)?;
        session.insert_deliveries(&[delivery(4, &own, event(4, agent(7), 4, 1))])?;
        for letter in &letters {
            session.lease_delivery(letter, holder(1), now(), later(60))?;
            let failed = letter.clone().failed(Failure::Status(500), now());
            session.save_delivery(&failed.ended(Failure::Status(503), later(1)), holder(1))?;
        }
        Ok(())
    });
    let listed = |scope, after| {
        let page = PageRequest { limit: 2, after };
        let page = write(store, |session| session.list_dead_letters(scope, &page));
        let ids: Vec<_> = page.items.iter().map(|letter| letter.id).collect();
        (ids, page.next)
    };
    assert_eq!(
        listed(Scope::All, None),
        (vec![letters[2].id, letters[1].id], Some(letters[1].id))
    );
    assert_eq!(
        listed(Scope::All, Some(letters[1].id)),
        (vec![letters[0].id], None)
    );
    assert_eq!(
        listed(Scope::Agent(agent(7)), None),
        (vec![letters[2].id, letters[0].id], None)
    );
    let (mine, not_mine, not_dead) = write(store, |session| {
        let own = Scope::Agent(agent(7));
        Ok((
            session.find_dead_letter(own, letters[0].id)?,
            session.find_dead_letter(own, letters[1].id)?,
            session.find_dead_letter(own, DeliveryId::from_uuid(Uuid::from_u128(4)))?,
        ))
    });
    let letter = mine.unwrap();
    assert_eq!(
        (letter.attempts, letter.last_failure),
        (1, Some(Failure::Status(503)))
    );
    assert_eq!((not_mine, not_dead), (None, None));
    write(store, |session| session.revive_dead_letter(&letter, later(5)));
    let again = store.write::<(), RepositoryError>(|session| session.revive_dead_letter(&letter, later(5)));
    assert!(matches!(again, Err(RepositoryError::LostRace(_))), "{again:?}");
    let due = write(store, |session| session.find_due_deliveries(later(5), &[], LIMIT));
    let revived = due.iter().find(|delivery| delivery.id == letter.id).unwrap();
    assert_eq!(revived.attempts, 0, "tried as if for the first time");
}
