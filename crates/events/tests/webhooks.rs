//! Webhooks on the in-memory fake: how many there may be, what happens to what waits for one, and what goes next.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use events::{
    ChangeWebhook, ChangeWebhookError, CreateWebhook, CreateWebhookError, DUE_AT_ONCE,
    DUE_OF_A_WEBHOOK_AT_ONCE, Delivery, DeliveryRepository, DeliveryState, Event, Fact, Failure,
    MAXIMUM_WEBHOOKS, ReplayDeliveryError, Topics, Webhook, WebhookFormat, WebhookRepository, WebhookSecret,
    WebhookUrl, change_webhook, choose_due, create_webhook, disable_webhook, queue_deliveries,
    replay_delivery,
};
use kernel::{
    AgentId, DeliveryId, EventId, IdSource, Instant, OrderId, PageRequest, ReachedAgent, Scope, WebhookId,
};
use testing::{Memory, SeededIds, instant};
use uuid::Uuid;

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn office() -> ReachedAgent {
    Scope::Agent(AgentId::from_uuid(Uuid::from_u128(7)))
        .own_agent()
        .unwrap()
}

fn command() -> CreateWebhook {
    CreateWebhook {
        url: WebhookUrl::parse("https://example.com/").unwrap(),
        format: WebhookFormat::Json,
        topics: Topics::parse(["order_placed"]).unwrap(),
        secret: WebhookSecret::of([7; 32]),
    }
}

fn change(id: WebhookId) -> ChangeWebhook {
    ChangeWebhook {
        id,
        version: None,
        url: None,
        format: None,
        topics: None,
        enabled: None,
    }
}

fn placed(ids: &SeededIds) -> Event {
    let order_id = OrderId::from_uuid(ids.next_uuid(now()));
    Event {
        id: EventId::from_uuid(ids.next_uuid(now())),
        agent_id: office().id(),
        aggregate_id: order_id.as_uuid(),
        aggregate_version: 1,
        occurred_at: now(),
        fact: Fact::OrderPlaced { order_id },
    }
}

/// A webhook for which one event waits.
fn world() -> (Memory, SeededIds, Webhook) {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let webhook = create_webhook(&mut memory, &ids, now(), office(), command()).unwrap();
    queue_deliveries(&mut memory, &ids, now(), &[placed(&ids)]).unwrap();
    (memory, ids, webhook)
}

fn dead_letters(memory: &mut Memory) -> Vec<Delivery> {
    memory
        .list_dead_letters(Scope::All, &PageRequest::first())
        .unwrap()
        .items
}

#[test]
fn an_office_has_so_many_webhooks_and_no_more() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    for _ in 0..MAXIMUM_WEBHOOKS {
        create_webhook(&mut memory, &ids, now(), office(), command()).unwrap();
    }
    let refused = create_webhook(&mut memory, &ids, now(), office(), command());
    assert!(matches!(refused, Err(CreateWebhookError::TooMany)));
    let headquarters = Scope::All.own_agent().unwrap();
    assert!(create_webhook(&mut memory, &ids, now(), headquarters, command()).is_ok());
}

#[test]
fn a_change_is_of_the_version_that_was_read_and_of_what_was_named() {
    let (mut memory, _, webhook) = world();
    let stale = ChangeWebhook {
        version: Some(2),
        ..change(webhook.id)
    };
    let refused = change_webhook(&mut memory, now(), office(), stale);
    assert!(matches!(refused, Err(ChangeWebhookError::Stale)));
    let elsewhere = WebhookId::from_uuid(Uuid::from_u128(99));
    let refused = change_webhook(&mut memory, now(), office(), change(elsewhere));
    assert!(matches!(refused, Err(ChangeWebhookError::NotFound(id)) if id == elsewhere));
    let wanted = ChangeWebhook {
        version: Some(1),
        format: Some(WebhookFormat::Wecom),
        ..change(webhook.id)
    };
    let changed = change_webhook(&mut memory, now(), office(), wanted).unwrap();
    assert_eq!(
        changed,
        Webhook {
            format: WebhookFormat::Wecom,
            version: 2,
            ..webhook
        }
    );
    assert_eq!(memory.find_webhook(office(), changed.id).unwrap(), Some(changed));
    assert_eq!(dead_letters(&mut memory), []);
}

#[test]
fn what_waits_for_a_disabled_webhook_is_dead_and_replayed_once_it_is_enabled() {
    let (mut memory, _, webhook) = world();
    let enabled = |enabled| ChangeWebhook {
        enabled: Some(enabled),
        ..change(webhook.id)
    };
    change_webhook(&mut memory, now(), office(), enabled(false)).unwrap();
    let letters = dead_letters(&mut memory);
    assert_eq!(letters[0].last_failure, Some(Failure::Disabled));
    let own = Scope::Agent(office().id());
    let replay = |memory: &mut Memory, scope| replay_delivery(memory, now(), scope, letters[0].id);
    let refused = replay(&mut memory, own);
    assert!(matches!(refused, Err(ReplayDeliveryError::WebhookDisabled)));
    change_webhook(&mut memory, now(), office(), enabled(true)).unwrap();
    let others = Scope::Agent(AgentId::from_uuid(Uuid::from_u128(8)));
    let refused = replay(&mut memory, others);
    assert!(matches!(refused, Err(ReplayDeliveryError::NotFound(_))));
    replay(&mut memory, own).unwrap();
    assert_eq!(memory.find_due_deliveries(now(), &[], 10).unwrap().len(), 1);
    let refused = replay(&mut memory, own);
    assert!(matches!(refused, Err(ReplayDeliveryError::NotFound(_))));
}

#[test]
fn a_receiver_that_is_gone_disables_its_webhook_once() {
    let (mut memory, _, webhook) = world();
    for _ in 0..2 {
        disable_webhook(&mut memory, now(), webhook.agent_id, webhook.id).unwrap();
        let stored = memory.find_webhook(office(), webhook.id).unwrap().unwrap();
        assert_eq!((stored.enabled, stored.version), (false, 2));
    }
    assert_eq!(dead_letters(&mut memory)[0].last_failure, Some(Failure::Gone));
}

#[test]
fn a_webhook_with_much_to_come_leaves_room_for_the_others() {
    let ids = SeededIds::new(1);
    let due = |webhook: u128| Delivery {
        id: DeliveryId::from_uuid(ids.next_uuid(now())),
        agent_id: office().id(),
        webhook_id: WebhookId::from_uuid(Uuid::from_u128(webhook)),
        event: placed(&ids),
        state: DeliveryState::Waiting {
            next_attempt_at: now(),
        },
        attempts: 0,
        last_failure: None,
    };
    let crowd: Vec<_> = (0..50).map(|_| due(1)).chain([due(2)]).collect();
    let chosen = choose_due(crowd);
    assert_eq!(chosen.len(), DUE_OF_A_WEBHOOK_AT_ONCE + 1);
    assert_eq!(
        chosen.last().unwrap().webhook_id,
        WebhookId::from_uuid(Uuid::from_u128(2))
    );
    let many = (1..=50).map(due).collect();
    assert_eq!(choose_due(many).len(), DUE_AT_ONCE);
}
