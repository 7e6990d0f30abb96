//! Lets a dead letter be tried again.

use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use ::events::replay_delivery;
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::DeliveryId;

/// 重新投递一封死信
///
/// 如同从未尝试过。
#[utoipa::path(
    post,
    path = "/dead-letters/{id}/replay",
    responses(
        (status = 202, description = "等待投递"),
        (status = 409, description = "回调已停用（`webhook_disabled`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<DeliveryId>,
) -> Result<HttpResponse, Problem> {
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let scope = work.scope()?;
            replay_delivery(work.session, work.now, scope, id)?;
            work.record(AuditAction::DeadLetterReplayed, id.as_uuid(), None)?;
            Ok(())
        })
        .await?;
    Ok(HttpResponse::Accepted().finish())
}
