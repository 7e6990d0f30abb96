//! Approves an application.

use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter, PathId},
    once::Made,
    problem::Problem,
    state::State,
};
use ::agents::{ApproveApplication, ProposedQuota, ProposedTerms, approve_application};
use actix_web::{HttpResponse, http::StatusCode, web::Data};
use identity::AuditAction;
use kernel::{AgentId, ApplicationId, ContractId, TerritoryId};
use regions::DivisionTree;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 销售任务
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotaForm {
    /// `month`、`quarter` 或 `year`
    #[schema(example = "month")]
    period: String,
    /// `buckets` 桶数，`amount` 金额（分）
    #[schema(example = "buckets")]
    measure: String,
    /// 首年每期的任务
    #[schema(example = 1000, minimum = 1)]
    target: i64,
    /// 每年递增（基点）
    #[schema(minimum = 0, maximum = 10000)]
    yearly_growth_bp: Option<i64>,
}

/// 合同条款
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// `exclusive` 独占，`shared_below` 下级可另设代理
    #[schema(example = "exclusive")]
    exclusivity: String,
    /// 自营销售的分润（基点）
    #[schema(example = 3000, minimum = 0, maximum = 10000)]
    share_rate_bp: i64,
    /// 下级销售的分润（基点）
    #[schema(minimum = 0, maximum = 10000)]
    override_rate_bp: Option<i64>,
    /// 销售任务
    quota: Option<QuotaForm>,
    /// 保证金（分）
    #[schema(minimum = 0)]
    deposit_fen: Option<i64>,
    /// 整个合同期的市场支持预算（分）
    #[schema(minimum = 0)]
    support_budget_fen: Option<i64>,
    /// 市场报告的周期：`month`、`quarter` 或 `year`；不填则不要求
    report_period: Option<String>,
    /// 到期前多少天起优先续约，默认 90
    #[schema(minimum = 0, maximum = 365)]
    renewal_window_days: Option<i64>,
    /// 任务或报告期结束多少天后算未完成，默认 7
    #[schema(minimum = 0, maximum = 90)]
    grace_days: Option<i64>,
    /// 生效时间（RFC 3339），或日期
    #[schema(example = "2026-12-01")]
    valid_from: String,
    /// 失效时间（不含）
    #[schema(example = "2029-12-01")]
    valid_until: String,
}

/// 批准
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// 合同条款
    contract: Terms,
    /// 只批准其中的区划；不填则为全部
    division_codes: Option<Vec<String>>,
    /// 有阻碍的初审意见时，批准的理由
    #[schema(max_length = 500)]
    override_reason: Option<String>,
}

/// 批准的结果
#[derive(Debug, Serialize, ToSchema)]
pub struct Approved {
    /// `approved`
    state: &'static str,
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    #[schema(value_type = Vec<Uuid>)]
    territory_ids: Vec<TerritoryId>,
}

impl From<Terms> for ProposedTerms {
    fn from(terms: Terms) -> Self {
        Self {
            exclusivity: terms.exclusivity,
            share_rate_bp: terms.share_rate_bp,
            override_rate_bp: terms.override_rate_bp,
            quota: terms.quota.map(|quota| ProposedQuota {
                period: quota.period,
                measure: quota.measure,
                target: quota.target,
                yearly_growth_bp: quota.yearly_growth_bp,
            }),
            deposit_fen: terms.deposit_fen,
            support_budget_fen: terms.support_budget_fen,
            report_period: terms.report_period,
            renewal_window_days: terms.renewal_window_days,
            grace_days: terms.grace_days,
            valid_from: terms.valid_from,
            valid_until: terms.valid_until,
        }
    }
}

/// 批准申请
///
/// 在同一事务中建立代理商（同一身份只有一个）、合同与代理区域，申请的账号成为代理商的负责人。
#[utoipa::path(
    post,
    path = "/applications/{id}/approve",
    params(OptionalKeyParameter),
    request_body = Approval,
    responses(
        (status = 200, description = "已批准", body = Approved),
        (
            status = 409,
            description = "与已有区域冲突（territory_conflict），初审意见阻碍（blocking_findings），\
                           分润合计超过全部（rates_exceed_whole），或当前状态不允许（invalid_state）"
        ),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    OptionalKey(key): OptionalKey,
    PathId(id): PathId<ApplicationId>,
    body: Body<Approval>,
) -> Result<HttpResponse, Problem> {
    let approval = body.value;
    state
        .once(&caller, key, body.digest, move |mut work| -> Result<_, Problem> {
            let Approval {
                contract,
                division_codes,
                override_reason,
            } = approval.clone();
            let command = ApproveApplication {
                application_id: id,
                actor: work.principal.account_id,
                terms: contract.into(),
                division_codes,
                override_reason,
            };
            let tree = DivisionTree::embedded();
            let approved = approve_application(&mut *work.session, work.ids, tree, work.now, &command)?;
            // Why findings did not stand in the way is in the application's own history.
            work.record(AuditAction::ApplicationApproved, id.as_uuid(), None)?;
            Ok(Made {
                id: Some(id.as_uuid()),
                status: StatusCode::OK,
                body: Approved {
                    state: approved.application.state.name().name(),
                    agent_id: approved.agent.id,
                    contract_id: approved.contract.id,
                    territory_ids: approved
                        .territories
                        .iter()
                        .map(|territory| territory.id)
                        .collect(),
                },
            })
        })
        .await
}
