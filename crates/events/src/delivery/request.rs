//! What a receiver gets, and what its answer means.

use super::{Delivery, Failure};
use crate::{AddressPolicy, Notice, Webhook, WebhookFormat, WebhookUrl};
use kernel::Instant;
use serde_json::{Value, json};
use uuid::Uuid;

/// How much of an answer is read; nothing of it is kept.
pub const MAXIMUM_ANSWER_BYTES: usize = 4 * 1_024;

/// A request as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// Where to.
    pub url: WebhookUrl,
    /// `Catchment-Event-Id`: a receiver that has seen it before ignores the request.
    pub event_id: Uuid,
    /// `Catchment-Timestamp`, in seconds since 1970: a receiver refuses what is minutes old.
    pub timestamp_seconds: i64,
    /// `Catchment-Signature`, see [`crate::WebhookSecret::sign`].
    pub signature: String,
    /// JSON.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The beginning of the body, [`MAXIMUM_ANSWER_BYTES`] at most.
    pub body: Vec<u8>,
}

/// Sends requests to webhooks. Every method goes over the network and blocks: call them off the async threads and never
/// inside a transaction.
pub trait WebhookPort: Send + Sync {
    /// Where it sends to.
    fn policy(&self) -> AddressPolicy;

    /// Finds out where the name in an address leads; refuses where the policy does.
    fn resolve(&self, url: &WebhookUrl) -> Result<(), Failure>;

    /// Sends one request to the very address that was found and checked. Follows no redirect.
    fn send(&self, request: &SignedRequest) -> Result<Answer, Failure>;
}

impl Delivery {
    /// The request by which it goes to its webhook now.
    pub fn request(&self, webhook: &Webhook, now: Instant) -> SignedRequest {
        let event = &self.event;
        let body = match webhook.format {
            WebhookFormat::Json => {
                // What the fact is called stands beside it.
                let mut data = serde_json::to_value(&event.fact).unwrap_or_default();
                if let Some(members) = data.as_object_mut() {
                    members.remove("type");
                }
                json!({
                    "id": event.id,
                    "type": event.fact.name(),
                    "occurred_at": event.occurred_at,
                    "agent_id": event.agent_id,
                    "aggregate_id": event.aggregate_id,
                    "aggregate_version": event.aggregate_version,
                    "data": data,
                })
            }
            WebhookFormat::Wecom => wecom(&told(&event.notice())),
        };
        signed(webhook, event.id.as_uuid(), now, &body)
    }
}

/// The request by which somebody tries a webhook out.
pub fn ping(webhook: &Webhook, id: Uuid, now: Instant) -> SignedRequest {
    let body = match webhook.format {
        WebhookFormat::Json => json!({
            "id": id,
            "type": "ping",
            "occurred_at": now,
            "agent_id": webhook.agent_id,
            "data": {},
        }),
        WebhookFormat::Wecom => wecom("Catchment 测试消息"),
    };
    signed(webhook, id, now, &body)
}

fn told(notice: &Notice) -> String {
    let subject = notice.subject;
    format!("{}\n> {} {}", notice.words.zh, subject.kind(), subject.id())
}

/// See <https://developer.work.weixin.qq.com/document/path/91770>.
fn wecom(content: &str) -> Value {
    json!({"msgtype": "markdown", "markdown": {"content": content}})
}

fn signed(webhook: &Webhook, event_id: Uuid, now: Instant, body: &Value) -> SignedRequest {
    let (body, timestamp_seconds) = (body.to_string().into_bytes(), now.timestamp());
    SignedRequest {
        url: webhook.url.clone(),
        event_id,
        timestamp_seconds,
        signature: webhook.secret.sign(timestamp_seconds, &body),
        body,
    }
}

/// Whether an answer says that the request was taken: 2xx does. A robot of WeCom says so in the body.
pub fn judge(format: WebhookFormat, answer: &Answer) -> Result<(), Failure> {
    match (answer.status, format) {
        (200..=299, WebhookFormat::Json) => Ok(()),
        (200..=299, WebhookFormat::Wecom) => {
            let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            if said.get("errcode").and_then(Value::as_i64) == Some(0) {
                Ok(())
            } else {
                Err(Failure::RobotError)
            }
        }
        (410, _) => Err(Failure::Gone),
        (status, _) => Err(Failure::Status(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DeliveryState, Event, Fact, Topics, WebhookSecret};
    use kernel::{AgentId, DeliveryId, EventId, ProductId, WebhookId};

    fn now() -> Instant {
        "2026-11-22T08:00:00Z".parse().unwrap()
    }

    fn webhook(format: WebhookFormat) -> Webhook {
        Webhook {
            id: WebhookId::from_uuid(Uuid::from_u128(1)),
            agent_id: AgentId::HEADQUARTERS,
            url: WebhookUrl::parse("https://example.com/").unwrap(),
            format,
            topics: Topics::parse(["stock_low"]).unwrap(),
            enabled: true,
            secret: WebhookSecret::of([7; 32]),
            created_at: now(),
            version: 1,
        }
    }

    fn delivery() -> Delivery {
        Delivery {
            id: DeliveryId::from_uuid(Uuid::from_u128(1)),
            agent_id: AgentId::HEADQUARTERS,
            webhook_id: WebhookId::from_uuid(Uuid::from_u128(1)),
            event: Event {
                id: EventId::from_uuid(Uuid::from_u128(2)),
                agent_id: AgentId::HEADQUARTERS,
                aggregate_id: Uuid::from_u128(3),
                aggregate_version: 4,
                occurred_at: now(),
                fact: Fact::StockLow {
                    agent_id: AgentId::HEADQUARTERS,
                    product_id: ProductId::from_uuid(Uuid::from_u128(3)),
                    available: 3,
                    threshold: 5,
                },
            },
            state: DeliveryState::Waiting {
                next_attempt_at: now(),
            },
            attempts: 0,
            last_failure: None,
        }
    }

    #[test]
    fn a_request_tells_the_event_and_is_signed_over_its_very_bytes() {
        let webhook = webhook(WebhookFormat::Json);
        let request = delivery().request(&webhook, now());
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(
            body,
            json!({
                "id": Uuid::from_u128(2),
                "type": "stock_low",
                "occurred_at": "2026-11-22T08:00:00Z",
                "agent_id": AgentId::HEADQUARTERS,
                "aggregate_id": Uuid::from_u128(3),
                "aggregate_version": 4,
                "data": {
                    "agent_id": AgentId::HEADQUARTERS,
                    "product_id": Uuid::from_u128(3),
                    "available": 3,
                    "threshold": 5,
                },
            })
        );
        assert_eq!(request.event_id, Uuid::from_u128(2));
        assert_eq!(request.timestamp_seconds, now().timestamp());
        assert_eq!(
            request.signature,
            webhook.secret.sign(now().timestamp(), &request.body)
        );
    }

    #[test]
    fn a_robot_gets_a_sentence_and_says_in_its_body_whether_it_took_it() {
        let request = delivery().request(&webhook(WebhookFormat::Wecom), now());
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["msgtype"], "markdown");
        let content = body["markdown"]["content"].as_str().unwrap();
        assert!(content.starts_with("库存不足"), "{content}");
        let judged = |status, body: &str| {
            let body = body.as_bytes().to_vec();
            judge(WebhookFormat::Wecom, &Answer { status, body })
        };
        assert_eq!(judged(200, r#"{"errcode":0,"errmsg":"ok"}"#), Ok(()));
        assert_eq!(judged(200, r#"{"errcode":93000}"#), Err(Failure::RobotError));
        assert_eq!(judged(200, "ok"), Err(Failure::RobotError));
        assert_eq!(judged(500, r#"{"errcode":0}"#), Err(Failure::Status(500)));
    }

    #[test]
    fn only_a_success_is_one_and_a_receiver_may_be_gone_for_good() {
        let judged = |status| {
            let body = Vec::new();
            judge(WebhookFormat::Json, &Answer { status, body })
        };
        for status in [200, 202, 204, 299] {
            assert_eq!(judged(status), Ok(()));
        }
        for status in [301, 302, 400, 404, 429, 500, 503] {
            assert_eq!(judged(status), Err(Failure::Status(status)));
        }
        assert_eq!(judged(410), Err(Failure::Gone));
    }
}
