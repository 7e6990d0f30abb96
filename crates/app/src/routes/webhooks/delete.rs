//! Removes a webhook.

use super::office;
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::WebhookId;

/// 删除事件回调
///
/// 等待投递的事件与死信一并删除。
#[utoipa::path(
    delete,
    path = "/webhooks/{id}",
    responses((status = 204, description = "已删除"))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<WebhookId>,
) -> Result<HttpResponse, Problem> {
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let agent = office(work.scope()?)?;
            if !work.session.delete_webhook(agent, id)? {
                return Err(Problem::not_found());
            }
            work.record(AuditAction::WebhookDeleted, id.as_uuid(), None)?;
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
