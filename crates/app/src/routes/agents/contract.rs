//! Tells the contracts of an agent.

use super::{ContractAnswer, reached};
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::web::{Data, Json};
use kernel::AgentId;
use serde::Serialize;
use utoipa::ToSchema;

/// 一个代理商的合同
#[derive(Debug, Serialize, ToSchema)]
pub struct Contracts {
    /// 按签订的先后
    items: Vec<ContractAnswer>,
}

/// 代理商的合同
///
/// 每次批准申请签订一份。代理商只见自己的。
#[utoipa::path(
    get,
    path = "/agents/{id}/contract",
    responses((status = 200, description = "合同", body = Contracts))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
) -> Result<Json<Contracts>, Problem> {
    let scope = caller.scope()?;
    state
        .read(move |session, _| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            let contracts = session.list_contracts(&[agent])?;
            Ok(Json(Contracts {
                items: contracts.into_iter().map(ContractAnswer::from).collect(),
            }))
        })
        .await
}
