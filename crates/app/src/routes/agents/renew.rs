//! Renews a contract.

use super::ContractAnswer;
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter, PathId},
    once::Made,
    problem::Problem,
    routes::applications::approve::Terms,
    state::State,
};
use ::agents::{RenewContract, renew_contract};
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::{AgentId, ContractId, TerritoryId};
use regions::DivisionTree;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 续约
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// 要续的合同
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 新合同的条款；`valid_from` 须为原合同的 `valid_until`
    contract: Terms,
    /// 理由
    #[schema(example = "任务完成良好", max_length = 500)]
    reason: String,
}

/// 续约的结果
#[derive(Debug, Serialize, ToSchema)]
pub struct Renewed {
    contract: ContractAnswer,
    #[schema(value_type = Vec<Uuid>)]
    territory_ids: Vec<TerritoryId>,
}

/// 续约
///
/// 在原合同结束处接续一份新合同，区域是持有到原合同结束的全部区划。
#[utoipa::path(
    post,
    path = "/agents/{id}/renew",
    params(OptionalKeyParameter),
    request_body = Renewal,
    responses(
        (status = 201, description = "已续约", body = Renewed),
        (
            status = 409,
            description = "已续约（already_renewed），没有可续的区域（nothing_to_renew），将离任（agent_leaving），\
                           与他人的区域冲突（territory_conflict），或分润合计超过全部（rates_exceed_whole）"
        ),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    OptionalKey(key): OptionalKey,
    PathId(id): PathId<AgentId>,
    body: Body<Renewal>,
) -> Result<HttpResponse, Problem> {
    let renewal = body.value;
    state
        .once(&caller, key, body.digest, move |mut work| -> Result<_, Problem> {
            let Renewal {
                contract_id,
                contract,
                reason,
            } = renewal.clone();
            let command = RenewContract {
                agent_id: id,
                contract_id,
                actor: work.principal.account_id,
                terms: contract.into(),
                reason,
            };
            let tree = DivisionTree::embedded();
            let renewed = renew_contract(&mut *work.session, work.ids, tree, work.now, &command)?;
            // Why is in the agent's own history.
            work.record(AuditAction::ContractRenewed, id.as_uuid(), None)?;
            let territory_ids = renewed.territories.iter().map(|territory| territory.id);
            Ok(Made::created(
                renewed.contract.id.as_uuid(),
                Renewed {
                    territory_ids: territory_ids.collect(),
                    contract: renewed.contract.into(),
                },
            ))
        })
        .await
}
