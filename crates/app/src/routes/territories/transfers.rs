//! Lets territories pass to other contracts at a date, or tells what that would do.

use super::{Conflict, TerritoryAnswer, territory_conflict};
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter},
    language::Language,
    once::Made,
    problem::Problem,
    routes::agents::life::OpenMatterAnswer,
    state::State,
};
use ::agents::{
    ConcernedAgent, TransferPlan, TransferTarget, TransferTerritories, TransferTerritoriesError,
    plan_transfer, transfer_territories,
};
use actix_web::{HttpResponse, http::StatusCode, web::Data};
use identity::AuditAction;
use kernel::{AccountId, AgentId, ContractId, DivisionCode, Instant, TerritoryId};
use regions::DivisionTree;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// 接续的区划
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// 区划代码：原区划、其内、其外（合并）的，或原区划撤销后接续它的
    #[schema(example = "330106")]
    division_code: String,
    /// 归谁
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    /// 归入其哪一份合同；与合同同时结束
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
}

/// 移交
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// 要结束的代理区域，1 至 20 个
    #[schema(value_type = Vec<Uuid>)]
    territory_ids: Vec<TerritoryId>,
    /// 接续的区划，至多 20 个；为空即放弃
    #[serde(default)]
    to: Vec<Target>,
    /// 何时生效：RFC 3339 时间，或日期；缺省为立即
    #[schema(example = "2027-01-01")]
    effective_at: Option<String>,
    /// 理由
    #[schema(example = "区域调整", max_length = 500)]
    reason: String,
    /// 只看会怎样，不改变任何数据
    #[serde(default)]
    dry_run: bool,
}

/// 交出区域的一个代理商所受的影响
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConcernedAgent)]
pub struct ConcernedAnswer {
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    /// 这些区域内未完成的订单；仍由其完成
    open_orders: u64,
    /// 曾在这些区域内订水的客户
    customers: u64,
    /// 生效后尚有的代理区域
    remaining_territories: usize,
    /// 其全部未了之事，不分区域
    open: Vec<OpenMatterAnswer>,
}

/// 移交的结果
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferPlan)]
pub struct TransferAnswer {
    /// 是否只是试算
    dry_run: bool,
    /// 何时生效
    #[schema(value_type = String, format = DateTime)]
    effective_at: Instant,
    /// 将结束的代理区域，按其新的结束时间
    ended: Vec<TerritoryAnswer>,
    /// 将开始的代理区域；试算时的 id 不作数
    granted: Vec<TerritoryAnswer>,
    /// 无人接续的区划，只列其中最大的：由上级区域的代理商或总部负责
    #[schema(value_type = Vec<String>)]
    uncovered: Vec<DivisionCode>,
    /// 与之冲突的他人区域；不为空则不能移交
    conflicts: Vec<Conflict>,
    /// 分润合计超过全部的区划；有则不能移交
    #[schema(value_type = Option<String>)]
    rates_exceed_whole_at: Option<DivisionCode>,
    /// 交出区域的各代理商所受的影响
    concerned: Vec<ConcernedAnswer>,
}

/// 移交代理区域
///
/// 移交、拆分、合并或放弃：所列代理区域在所定时刻结束，接续的同时开始，不需任何任务执行。已下的订单不变。
/// `dry_run` 时只列出结果、冲突与所涉的订单、客户、库存等，不改变任何数据。
#[utoipa::path(
    post,
    path = "/territories/transfers",
    params(OptionalKeyParameter),
    request_body = Transfer,
    responses(
        (status = 200, description = "试算的结果", body = TransferAnswer),
        (status = 201, description = "已移交", body = TransferAnswer),
        (
            status = 409,
            description = "与他人的区域冲突（territory_conflict），或分润合计超过全部（rates_exceed_whole）"
        ),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    OptionalKey(key): OptionalKey,
    body: Body<Transfer>,
) -> Result<HttpResponse, Problem> {
    let transfer = body.value;
    if transfer.dry_run {
        let (ids, actor) = (Arc::clone(&state.ids), caller.principal.account_id);
        let plan = state
            .read(move |session, now| -> Result<_, Problem> {
                let command = transfer.clone().by(actor);
                let plan = plan_transfer(session, ids.as_ref(), DivisionTree::embedded(), now, &command)?;
                Ok(TransferAnswer::of(plan, true, language))
            })
            .await?;
        return Ok(HttpResponse::build(StatusCode::OK).json(plan));
    }
    state
        .once(&caller, key, body.digest, move |mut work| -> Result<_, Problem> {
            let command = transfer.clone().by(work.principal.account_id);
            let tree = DivisionTree::embedded();
            let plan = transfer_territories(&mut *work.session, work.ids, tree, work.now, &command)?;
            // Each agent's own history says why.
            for ended in &plan.ended {
                work.record(AuditAction::TerritoryTransferred, ended.id.as_uuid(), None)?;
            }
            Ok(Made {
                id: None,
                status: StatusCode::CREATED,
                body: TransferAnswer::of(plan, false, language),
            })
        })
        .await
}

impl Transfer {
    fn by(self, actor: AccountId) -> TransferTerritories {
        let targets = self.to.into_iter().map(|target| TransferTarget {
            division_code: target.division_code,
            agent_id: target.agent_id,
            contract_id: target.contract_id,
        });
        TransferTerritories {
            territory_ids: self.territory_ids,
            to: targets.collect(),
            effective_at: self.effective_at,
            actor,
            reason: self.reason,
        }
    }
}

impl TransferAnswer {
    fn of(plan: TransferPlan, dry_run: bool, language: Language) -> Self {
        let concerned = plan.concerned.iter();
        Self {
            dry_run,
            effective_at: plan.effective_at,
            conflicts: plan.conflicts.iter().map(Conflict::from).collect(),
            rates_exceed_whole_at: plan.rates.map(|exceeded| exceeded.division_code),
            concerned: concerned
                .map(|agent| ConcernedAnswer::of(agent, language))
                .collect(),
            ended: plan.ended.into_iter().map(TerritoryAnswer::from).collect(),
            granted: plan.granted.into_iter().map(TerritoryAnswer::from).collect(),
            uncovered: plan.uncovered,
        }
    }
}

impl ConcernedAnswer {
    fn of(agent: &ConcernedAgent, language: Language) -> Self {
        Self {
            agent_id: agent.agent_id,
            open_orders: agent.there.open_orders,
            customers: agent.there.customers,
            remaining_territories: agent.remaining_territories,
            open: OpenMatterAnswer::all(&agent.open, language),
        }
    }
}

impl From<TransferTerritoriesError> for Problem {
    fn from(error: TransferTerritoriesError) -> Self {
        match error {
            TransferTerritoriesError::Invalid(errors) => Self::invalid(errors),
            TransferTerritoriesError::TerritoryConflict { conflicts } => territory_conflict(&conflicts),
            TransferTerritoriesError::RatesExceedWhole(exceeded) => exceeded.into(),
            TransferTerritoriesError::Repository(error) => error.into(),
        }
    }
}
