//! What the caller's account is told.

pub mod list;
pub mod read;
pub mod read_all;

use crate::language::Language;
use ::events::{Message, MessageNumber, Subject};
use kernel::{AgentId, EventId, Instant};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 站内消息
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InboxMessage)]
pub struct MessageAnswer {
    /// 编号，也是事件的编号
    #[schema(value_type = Uuid)]
    id: EventId,
    /// 在本人收件箱内的序号，也是 `GET /events` 中的 `id`
    number: MessageNumber,
    /// 事件的名称
    #[schema(example = "order_placed")]
    topic: &'static str,
    /// 有关的事物
    subject: SubjectAnswer,
    /// 事件所属的代理商
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Instant,
    /// 一句话，中文或英文，不含个人信息
    text: String,
    /// 已读的时间；未读为 null
    #[schema(value_type = Option<String>, format = DateTime)]
    read_at: Option<Instant>,
}

/// 有关的事物
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InboxSubject)]
pub struct SubjectAnswer {
    /// 种类
    #[schema(example = "order")]
    kind: &'static str,
    id: Uuid,
}

impl From<Subject> for SubjectAnswer {
    fn from(subject: Subject) -> Self {
        Self {
            kind: subject.kind(),
            id: subject.id(),
        }
    }
}

impl MessageAnswer {
    /// The message in the words of that language.
    pub(super) fn of(message: &Message, language: Language) -> Self {
        let notice = message.notice();
        Self {
            id: message.event_id,
            number: message.number,
            topic: message.fact.name(),
            subject: notice.subject.into(),
            agent_id: message.agent_id,
            occurred_at: message.occurred_at,
            text: language.pick(&notice.words.zh, &notice.words.en).to_string(),
            read_at: message.read_at,
        }
    }
}
