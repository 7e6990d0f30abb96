//! Marks a message read.

use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use kernel::EventId;

/// 将一条消息标为已读
///
/// 已读的再标一次不变。
#[utoipa::path(
    post,
    path = "/inbox/{id}/read",
    responses((status = 204, description = "已读"), (status = 404, description = "本人没有这条消息"))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(event_id): PathId<EventId>,
) -> Result<HttpResponse, Problem> {
    let found = state
        .command(&caller, move |work| {
            work.session
                .mark_message_read(work.principal.account_id, event_id, work.now)
        })
        .await?;
    if found {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::not_found())
    }
}
