//! One webhook.

use super::{WebhookAnswer, office};
use crate::{
    access::Caller,
    extract::{PathId, entity_tag},
    problem::Problem,
    state::State,
};
use actix_web::{HttpResponse, http::header, web::Data};
use kernel::WebhookId;

/// 一个事件回调
#[utoipa::path(
    get,
    path = "/webhooks/{id}",
    responses(
        (status = 200, description = "回调", body = WebhookAnswer, headers(("ETag" = String, description = "版本"))),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<WebhookId>,
) -> Result<HttpResponse, Problem> {
    let agent = office(caller.scope()?)?;
    let webhook = state
        .read(move |session, _| session.find_webhook(agent, id))
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(entity_tag(webhook.version))
        .json(WebhookAnswer::from(&webhook)))
}
