//! Erases a customer, for whoever answers their request.

use super::export::OnRequest;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    state::State,
};
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::CustomerId;
use privacy::{Person, erase_person};

/// 注销客户
///
/// 除依法须保存的订单事实外，与该客户有关的信息立即删除，不可恢复；客户有账号的一并注销。已注销的可再次注销。
#[utoipa::path(
    post,
    path = "/customers/{id}/erase",
    request_body = OnRequest,
    responses(
        (status = 204, description = "已注销"),
        (status = 409, description = "有未完结的订单（open_orders）、合同仍在履行（holds_contract）或仍在任职（employed）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<CustomerId>,
    body: Body<OnRequest>,
) -> Result<HttpResponse, Problem> {
    let reason = body.value.reason()?;
    let erasures = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let person = Person::of_customer(work.session, id)?.ok_or_else(Problem::not_found)?;
            let erasures = erase_person(work.session, work.ids, work.now, &person)?;
            work.record(AuditAction::PersonErased, id.as_uuid(), Some(reason.clone()))?;
            Ok(erasures)
        })
        .await?;
    state.finish_erasure(erasures).await?;
    Ok(HttpResponse::NoContent().finish())
}
