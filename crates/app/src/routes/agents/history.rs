//! Shows what happened to an agent.

use super::reached;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, PathId},
    problem::Problem,
    state::State,
};
use ::agents::AgentHistoryEntry;
use actix_web::web::{Data, Json};
use kernel::{AccountId, AgentId, ContractId, DivisionCode, HistoryEntryId, Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// 代理商的一次变更
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentHistoryItem)]
pub struct HistoryItem {
    #[schema(value_type = Uuid)]
    id: HistoryEntryId,
    /// 决定于何时
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 操作的账号
    #[schema(value_type = Option<Uuid>)]
    actor_id: Option<AccountId>,
    /// 如 `suspended`、`resumed`、`termination_given`、`territories_received`
    action: &'static str,
    /// 自何时起生效
    #[schema(value_type = String, format = DateTime)]
    effective_at: Instant,
    /// 理由
    reason: Option<String>,
    #[schema(value_type = Option<Uuid>)]
    contract_id: Option<ContractId>,
    #[schema(value_type = Vec<String>)]
    division_codes: Vec<DivisionCode>,
}

/// 代理商历史
///
/// 任命之后的每次变更：暂停、恢复、续约、终止、区域的移交、同意等，最新的在前。代理商只见自己的。
#[utoipa::path(
    get,
    path = "/agents/{id}/history",
    params(PageParameters),
    responses((status = 200, description = "一页变更", body = Paged<HistoryItem>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    paging: Paging<HistoryEntryId>,
) -> Result<Json<Paged<HistoryItem>>, Problem> {
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let page = state
        .read(move |session, _| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            Ok(session.list_agent_history(agent, &request)?)
        })
        .await?;
    paging.answer(page.map(HistoryItem::from)).map(Json)
}

impl From<AgentHistoryEntry> for HistoryItem {
    fn from(entry: AgentHistoryEntry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            actor_id: entry.actor,
            action: entry.action.name(),
            effective_at: entry.effective_at,
            reason: entry.reason.map(String::from),
            contract_id: entry.contract_id,
            division_codes: entry.division_codes,
        }
    }
}
