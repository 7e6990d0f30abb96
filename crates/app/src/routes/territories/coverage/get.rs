//! Tells how a subtree is covered.

use super::{Ahead, Selection, Wanted};
use crate::{
    access::Caller,
    extract::Query,
    problem::Problem,
    routes::{
        divisions::{DivisionAnswer, responsible::ResponsibleAnswer},
        territories::public_names,
    },
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::{AgentId, Instant};
use regions::{Coverage, CoverageCounts, CoveredDivision, DivisionTree};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// 区县数：按状态。没有区县的市、省各计为一
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageCounts)]
pub struct CountsAnswer {
    /// 合计
    total: usize,
    /// 自有代理商
    owned: usize,
    /// 由上级区域的代理商覆盖
    covered_from_above: usize,
    /// 即将到期
    expiring: usize,
    /// 代理商暂停，由他方代为负责
    suspended: usize,
    /// 已为申请人保留
    on_hold: usize,
    /// 空白，由总部负责
    vacant: usize,
}

/// 一个区划的覆盖情况
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoveredDivision)]
pub struct CoveredDivisionAnswer {
    #[serde(flatten)]
    division: DivisionAnswer,
    /// `owned` 自有代理商，`covered_from_above` 由上级区域的代理商覆盖，`expiring` 即将到期，`suspended` 代理商暂停、由他方代为负责，
    /// `on_hold` 已为申请人保留，`vacant` 空白（总部）
    status: &'static str,
    /// 负责方与规则
    responsible: ResponsibleAnswer,
    /// 负责方：企业名称，或脱敏的姓名；不在可见范围之内的为 null
    agent_name: Option<String>,
    /// 负责到何时（不含），连续的续约计在内；总部没有
    #[schema(value_type = Option<String>, format = DateTime)]
    held_until: Option<Instant>,
    /// 其下各区县
    counts: CountsAnswer,
}

/// 覆盖情况
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Coverage)]
pub struct CoverageAnswer {
    /// 数据版本
    #[schema(example = "民政部 国家地名信息库 2026-09-11")]
    edition: &'static str,
    /// 所问的时刻
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 多少天之内到期的算即将到期
    expiring_within_days: u16,
    /// 所问的区划；全国为 null
    division: Option<CoveredDivisionAnswer>,
    /// 所有区县
    counts: CountsAnswer,
    /// 直接下级，按代码，不分页（至多一百）
    items: Vec<CoveredDivisionAnswer>,
}

/// 覆盖情况
///
/// 某区划（或全国）的直接下级各由谁负责，以及其下所有区县按状态的计数。每个区划只有一个状态，故各数相加即合计。总部可见全国，代理商只见自己区域之内的。
#[utoipa::path(
    get,
    path = "/territories/coverage",
    params(Selection, Ahead),
    responses(
        (status = 200, description = "覆盖情况", body = CoverageAnswer),
        (status = 404, description = "不在自己的区域之内（not_found）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(selection): Query<Selection>,
    Query(ahead): Query<Ahead>,
) -> Result<Json<CoverageAnswer>, Problem> {
    let wanted = Wanted::parse(&selection, Some(&ahead))?;
    let scope = caller.scope()?;
    let answer = state
        .read(move |session, now| -> Result<_, Problem> {
            let selected = wanted.within(scope, session, now)?;
            let coverage = selected.coverage();
            let division = selected.root.and_then(|code| DivisionTree::embedded().find(code));
            let division = division.map(|division| coverage.of(division));
            let children: Vec<_> = coverage.children(selected.root).collect();
            let shown = children.iter().chain(&division);
            let names = public_names(session, scope, shown.map(|row| row.responsible.agent_id))?;
            let answer = |row: &CoveredDivision<'_>| CoveredDivisionAnswer::of(row, &coverage, &names);
            Ok(CoverageAnswer {
                edition: DivisionTree::embedded().edition(),
                at: selected.at,
                expiring_within_days: selected.expiring_within.get(),
                division: division.as_ref().map(answer),
                counts: coverage.counts(selected.root).into(),
                items: children.iter().map(answer).collect(),
            })
        })
        .await?;
    Ok(Json(answer))
}

impl CoveredDivisionAnswer {
    fn of(row: &CoveredDivision<'_>, coverage: &Coverage<'_>, names: &BTreeMap<AgentId, String>) -> Self {
        Self {
            division: row.division.into(),
            status: row.status.name(),
            responsible: row.responsible.into(),
            agent_name: names.get(&row.responsible.agent_id).cloned(),
            held_until: row.held_until,
            counts: coverage.counts(Some(row.division.code)).into(),
        }
    }
}

impl From<CoverageCounts> for CountsAnswer {
    fn from(counts: CoverageCounts) -> Self {
        Self {
            total: counts.total(),
            owned: counts.owned,
            covered_from_above: counts.covered_from_above,
            expiring: counts.expiring,
            suspended: counts.suspended,
            on_hold: counts.on_hold,
            vacant: counts.vacant,
        }
    }
}
