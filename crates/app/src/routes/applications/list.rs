//! Lists applications.

use super::ApplicationAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    language::Language,
    problem::Problem,
    state::State,
};
use ::agents::{ApplicationFilter, StateName, list_reviewed_applications, parse_level};
use actix_web::web::{Data, Json};
use kernel::{ApplicationId, DivisionCode, Invalid, Validation};
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::IntoParams;

/// 申请筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 状态
    #[param(example = "submitted")]
    state: Option<String>,
    /// 级别
    #[param(example = "county")]
    level: Option<String>,
    /// 申请了此区划之内的区划
    #[param(example = "330000")]
    division: Option<String>,
}

/// 代理申请列表
///
/// 由新到旧。总部可见全部，其他人只见自己账号提交的。未结的申请按此刻重新初审。
#[utoipa::path(
    get,
    path = "/applications",
    params(Filter, PageParameters),
    responses((status = 200, description = "一页申请", body = Paged<ApplicationAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    Query(filter): Query<Filter>,
    paging: Paging<ApplicationId>,
) -> Result<Json<Paged<ApplicationAnswer>>, Problem> {
    let mut validation = Validation::default();
    let unknown = Invalid::new("unknown_value", "没有这个状态", "is not a known state");
    let wanted_state = validation.take_optional(
        "state",
        filter
            .state
            .map(|name| StateName::from_name(&name).ok_or(unknown.clone())),
    );
    let level = validation.take_optional("level", filter.level.as_deref().map(parse_level));
    let span = validation.take_optional(
        "division",
        filter
            .division
            .map(|code| DivisionCode::parse(&code).map(DivisionCode::span)),
    );
    let ((state_name, level), span) = validation
        .finish_with(wanted_state.zip(level).zip(span))
        .map_err(Problem::invalid)?;
    let filter = ApplicationFilter {
        state: state_name,
        level,
        span,
    };
    let (scope, request) = (caller.applications()?, paging.request.clone());
    let now = state.clock.now();
    let page = state
        .read(move |session, now| {
            let tree = DivisionTree::embedded();
            list_reviewed_applications(session, tree, now, scope, &filter, &request)
        })
        .await?;
    paging
        .answer(page.map(|application| ApplicationAnswer::of(&application, now, language)))
        .map(Json)
}
