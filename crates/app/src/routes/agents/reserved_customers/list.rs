//! Lists the customers that headquarters keeps inside an agent's territories.

use super::ReservedCustomerAnswer;
use crate::{access::Caller, extract::PathId, problem::Problem, routes::agents::reached, state::State};
use actix_web::web::{Data, Json};
use kernel::AgentId;
use serde::Serialize;
use utoipa::ToSchema;

/// 保留客户
#[derive(Debug, Serialize, ToSchema)]
pub struct ReservedCustomers {
    /// 按合同与客户，不分页
    items: Vec<ReservedCustomerAnswer>,
}

/// 保留客户
///
/// 总部在该代理商的区域内保留的客户：其订单由总部负责。代理商只见自己合同中的。
#[utoipa::path(
    get,
    path = "/agents/{id}/reserved-customers",
    responses((status = 200, description = "保留客户", body = ReservedCustomers))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
) -> Result<Json<ReservedCustomers>, Problem> {
    let scope = caller.scope()?;
    state
        .read(move |session, _| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            let reserved = session.list_reserved_customers(agent)?.into_iter();
            Ok(Json(ReservedCustomers {
                items: reserved.map(ReservedCustomerAnswer::from).collect(),
            }))
        })
        .await
}
