//! Shows a customer.

use super::CustomerAnswer;
use crate::{
    access::Caller,
    extract::{PathId, entity_tag},
    masking::Sight,
    problem::Problem,
    state::State,
};
use ::customers::find_customer_in_scope;
use actix_web::{HttpResponse, web::Data};
use kernel::CustomerId;

/// 客户详情
#[utoipa::path(
    get,
    path = "/customers/{id}",
    responses((status = 200, description = "客户", body = CustomerAnswer, headers(("ETag" = String, description = "版本"))))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<CustomerId>,
) -> Result<HttpResponse, Problem> {
    let scope = caller.scope()?;
    let customer = state
        .read(move |session, _| find_customer_in_scope(session, scope, id))
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header(entity_tag(customer.version))
        .json(CustomerAnswer::seen(&customer, Sight::of(scope))))
}
