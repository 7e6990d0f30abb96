//! What happened, as others learn of it: the vocabulary of events, the port of the outbox they are written to in the same
//! transaction as the change they tell of, the inboxes in which people find what concerns them,
//! and the webhooks by which other programs are told.
//!
//! An event carries ids, codes and amounts, never a personal value: it leaves the sealed columns' reach. Whoever needs
//! more reads it with its own rights.
//!
//! ```
//! use events::{Event, Fact};
//! use kernel::{AgentId, EventId, OrderId};
//! # let (event, order) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
//! # let now = "2026-11-22T08:00:00Z".parse().unwrap();
//! let event = Event {
//!     id: EventId::from_uuid(event),
//!     agent_id: AgentId::HEADQUARTERS,
//!     aggregate_id: order,
//!     aggregate_version: 1,
//!     occurred_at: now,
//!     fact: Fact::OrderPlaced { order_id: OrderId::from_uuid(order) },
//! };
//! assert_eq!(event.fact.name(), "order_placed");
//! ```

mod delivery;
mod event;
mod inbox;
mod notice;
mod outbox;
mod webhook;

pub use delivery::{
    Answer, DUE_AT_ONCE, DUE_OF_A_WEBHOOK_AT_ONCE, Delivery, DeliveryRepository, DeliveryState, Failure,
    MAXIMUM_ANSWER_BYTES, MAXIMUM_ATTEMPTS, ReplayDeliveryError, SignedRequest, WebhookPort, choose_due,
    judge, pause_after, ping, queue_deliveries, replay_delivery,
};
pub use event::{Event, Fact};
pub use inbox::{
    InboxRepository, MAXIMUM_COUNTED_UNREAD, MAXIMUM_RECIPIENTS, Message, MessageNumber, tell_recipients,
};
pub use notice::{Audience, Notice, Subject, Words};
pub use outbox::OutboxRepository;
pub use webhook::{
    AddressPolicy, ChangeWebhook, ChangeWebhookError, CreateWebhook, CreateWebhookError, MAXIMUM_WEBHOOKS,
    Subscription, Topics, Webhook, WebhookFormat, WebhookRepository, WebhookSecret, WebhookUrl,
    change_webhook, create_webhook, disable_webhook, is_public,
};
