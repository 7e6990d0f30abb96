//! Lists a customer's addresses.

use super::AddressAnswer;
use crate::{access::Caller, extract::PathId, masking::Sight, problem::Problem, state::State};
use ::customers::list_addresses_in_scope;
use actix_web::web::{Data, Json};
use kernel::CustomerId;
use regions::DivisionTree;
use serde::Serialize;
use utoipa::ToSchema;

/// 客户的地址
#[derive(Debug, Serialize, ToSchema)]
pub struct Addresses {
    /// 全部地址，最多 50 个
    items: Vec<AddressAnswer>,
}

/// 客户的地址列表
///
/// 代理商只见自己区域内的地址。
#[utoipa::path(
    get,
    path = "/customers/{id}/addresses",
    responses((status = 200, description = "地址", body = Addresses))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<CustomerId>,
) -> Result<Json<Addresses>, Problem> {
    let scope = caller.scope()?;
    let addresses = state
        .read(move |session, now| list_addresses_in_scope(session, DivisionTree::embedded(), scope, now, id))
        .await?
        .ok_or_else(Problem::not_found)?;
    let sight = Sight::of(scope);
    Ok(Json(Addresses {
        items: addresses
            .iter()
            .map(|address| AddressAnswer::seen(address, sight))
            .collect(),
    }))
}
