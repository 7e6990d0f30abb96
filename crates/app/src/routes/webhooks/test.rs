//! Tries a webhook out.

use super::office;
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use ::events::{Failure, judge, ping};
use actix_web::{HttpResponse, web::Data};
use kernel::WebhookId;
use serde::Serialize;
use utoipa::ToSchema;

/// 测试的结果
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookTest {
    /// 接收方是否接受
    delivered: bool,
    /// 未接受的原因，如 `status_500`、`timeout`
    failure: Option<String>,
}

/// 测试事件回调
///
/// 立即发送一次 `ping`，停用的也发，失败不重试。
#[utoipa::path(
    post,
    path = "/webhooks/{id}/test",
    responses(
        (status = 200, description = "已发送", body = WebhookTest),
        (status = 503, description = "正在发送的已满"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<WebhookId>,
) -> Result<HttpResponse, Problem> {
    // The rights are read anew, as for a command: it has an effect, though not here.
    let webhook = state
        .command(&caller, move |work| -> Result<_, Problem> {
            let agent = office(work.scope()?)?;
            work.session
                .find_webhook(agent, id)?
                .ok_or_else(Problem::not_found)
        })
        .await?;
    let now = state.clock.now();
    let request = ping(&webhook, state.ids.next_uuid(now), now);
    let answer = state.webhooks.ask(move |port| port.send(&request)).await?;
    let judged = answer.and_then(|answer| judge(webhook.format, &answer));
    Ok(HttpResponse::Ok().json(WebhookTest {
        delivered: judged.is_ok(),
        failure: judged.err().map(Failure::name),
    }))
}
