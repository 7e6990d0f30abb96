//! Lists the webhooks of the caller's office.

use super::{WebhookAnswer, office};
use crate::{access::Caller, problem::Problem, state::State};
use actix_web::{HttpResponse, http::header, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

/// 本代理商（总部为总部）的回调
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhooks {
    /// 最多 10 个，最早的在前
    items: Vec<WebhookAnswer>,
}

/// 事件回调
#[utoipa::path(
    get,
    path = "/webhooks",
    responses((status = 200, description = "全部回调", body = Webhooks))
)]
pub async fn handle(state: Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let agent = office(caller.scope()?)?;
    let webhooks = state.read(move |session, _| session.list_webhooks(agent)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Webhooks {
            items: webhooks.iter().map(WebhookAnswer::from).collect(),
        }))
}
