//! Marks all messages read that the client has shown.

use crate::{access::Caller, extract::Body, problem::Problem, state::State};
use ::events::MessageNumber;
use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

/// 已看到哪里
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenMessages {
    /// 看到的最大序号，如 `GET /inbox` 的 `last_event_id`；之后到的消息仍为未读
    #[schema(minimum = 0)]
    up_to: MessageNumber,
}

/// 全部标为已读
#[utoipa::path(
    post,
    path = "/inbox/read-all",
    request_body = SeenMessages,
    responses((status = 204, description = "已读"))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    body: Body<SeenMessages>,
) -> Result<HttpResponse, Problem> {
    let up_to = body.value.up_to;
    state
        .command(&caller, move |work| {
            work.session
                .mark_messages_read(work.principal.account_id, up_to, work.now)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
