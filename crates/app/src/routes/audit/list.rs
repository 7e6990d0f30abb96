//! Lists the audit log.

use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    problem::Problem,
    state::State,
};
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, AuditEntry, AuditFilter};
use kernel::{AccountId, AgentId, AuditEntryId, Instant, Invalid, Period, Validation};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// 审计筛选；条件可叠加
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 操作，如 `application_approved`、`customer_revealed`
    action: Option<String>,
    /// 操作的账号
    #[param(value_type = Option<Uuid>)]
    actor: Option<AccountId>,
    /// 操作的对象
    subject: Option<Uuid>,
    /// 自此刻起，与结束同有或同无
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Instant>,
    /// 到此刻之前
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Instant>,
}

/// 审计记录
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditItem {
    #[schema(value_type = Uuid)]
    id: AuditEntryId,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 操作
    action: &'static str,
    /// 操作者；系统自身与命令行的操作没有
    actor: Option<AuditActorAnswer>,
    /// 对象，由操作决定其种类
    subject_id: Option<Uuid>,
    /// 理由
    reason: Option<String>,
    /// 请求编号，与日志相同
    request_id: Option<String>,
    /// 客户端地址
    #[schema(value_type = Option<String>)]
    address: Option<IpAddr>,
}

/// 操作者及其当时的身份
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditActor)]
pub struct AuditActorAnswer {
    #[schema(value_type = Uuid)]
    account_id: AccountId,
    /// 身份
    role: &'static str,
    /// 所属代理商
    #[schema(value_type = Option<Uuid>)]
    agent_id: Option<AgentId>,
}

/// 审计日志
///
/// 最新的在前。只增不改；每条记录一秒之内编入散列链，由 `catchment check` 核验。
#[utoipa::path(
    get,
    path = "/audit",
    params(Filter, PageParameters),
    responses((status = 200, description = "一页审计记录", body = Paged<AuditItem>))
)]
pub async fn handle(
    state: Data<State>,
    _: Caller,
    Query(filter): Query<Filter>,
    paging: Paging<AuditEntryId>,
) -> Result<HttpResponse, Problem> {
    let filter = filter.check()?;
    let request = paging.request.clone();
    let page = state
        .read(move |session, _| session.list_audit_entries(&filter, &request))
        .await?;
    Ok(HttpResponse::Ok().json(paging.answer(page.map(AuditItem::from))?))
}

impl Filter {
    fn check(&self) -> Result<AuditFilter, Problem> {
        let mut validation = Validation::default();
        let action = validation.take_optional(
            "action",
            self.action.as_deref().map(|name| {
                AuditAction::from_name(name).ok_or(Invalid::new(
                    "unknown_value",
                    "没有这种操作",
                    "is not an action",
                ))
            }),
        );
        let period = match (self.from, self.until) {
            (None, None) => Some(None),
            (Some(from), Some(until)) => validation
                .take(
                    "until",
                    Period::new(from, until).ok_or(Invalid::new(
                        "out_of_order",
                        "须晚于开始时间",
                        "must be after the beginning",
                    )),
                )
                .map(Some),
            (from, _) => {
                let missing = if from.is_none() { "from" } else { "until" };
                validation.refuse(missing, Invalid::required());
                None
            }
        };
        validation
            .finish_with((|| {
                Some(AuditFilter {
                    action: action?,
                    actor: self.actor,
                    subject: self.subject,
                    period: period?,
                })
            })())
            .map_err(Problem::invalid)
    }
}

impl From<AuditEntry> for AuditItem {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            action: entry.action.name(),
            actor: entry.actor.map(|actor| AuditActorAnswer {
                account_id: actor.account_id,
                role: actor.role.name(),
                agent_id: actor.agent_id,
            }),
            subject_id: entry.subject,
            reason: entry.reason.map(String::from),
            request_id: entry.origin.request_id,
            address: entry.origin.address,
        }
    }
}
