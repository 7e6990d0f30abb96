//! Lists dead letters.

use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging},
    problem::Problem,
    routes::inbox::SubjectAnswer,
    state::State,
};
use ::events::{Delivery, DeliveryState, Failure};
use actix_web::{HttpResponse, http::header, web::Data};
use kernel::{AgentId, DeliveryId, EventId, Instant, WebhookId};
use serde::Serialize;
use utoipa::ToSchema;

/// 死信：未能投递的事件
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetter {
    #[schema(value_type = Uuid)]
    id: DeliveryId,
    /// 回调所属的代理商
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    #[schema(value_type = Uuid)]
    webhook_id: WebhookId,
    #[schema(value_type = Uuid)]
    event_id: EventId,
    /// 事件的名称
    #[schema(example = "order_placed")]
    topic: &'static str,
    /// 有关的事物
    subject: SubjectAnswer,
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Instant,
    /// 尝试的次数
    attempts: u16,
    /// 最后一次失败的原因，如 `status_500`、`timeout`、`gone`、`disabled`
    failure: Option<String>,
    /// 何时起不再尝试
    #[schema(value_type = Option<String>, format = DateTime)]
    dead_at: Option<Instant>,
}

impl From<Delivery> for DeadLetter {
    fn from(delivery: Delivery) -> Self {
        let event = &delivery.event;
        Self {
            id: delivery.id,
            agent_id: delivery.agent_id,
            webhook_id: delivery.webhook_id,
            event_id: event.id,
            topic: event.fact.name(),
            subject: event.notice().subject.into(),
            occurred_at: event.occurred_at,
            attempts: delivery.attempts,
            failure: delivery.last_failure.map(Failure::name),
            dead_at: match delivery.state {
                DeliveryState::Dead { at } => Some(at),
                DeliveryState::Waiting { .. } => None,
            },
        }
    }
}

/// 死信
///
/// 本代理商的（总部为全部），最新的在前。保留 90 天。
#[utoipa::path(
    get,
    path = "/dead-letters",
    params(PageParameters),
    responses((status = 200, description = "一页死信", body = Paged<DeadLetter>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    paging: Paging<DeliveryId>,
) -> Result<HttpResponse, Problem> {
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let page = state
        .read(move |session, _| session.list_dead_letters(scope, &request))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(paging.answer(page.map(DeadLetter::from))?))
}
