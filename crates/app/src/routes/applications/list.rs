//! Lists applications.

use super::{ApplicationAnswer, filter::Filter};
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    language::Language,
    problem::Problem,
    state::State,
};
use ::agents::{ApplicationKey, ApplicationOrder, list_reviewed_applications};
use actix_web::web::{Data, Json};
use regions::DivisionTree;

/// 代理申请列表
///
/// 默认由新到旧。总部可见全部，其他人只见自己账号提交的。未结的申请按此刻重新初审。
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
    paging: Paging<ApplicationKey>,
) -> Result<Json<Paged<ApplicationAnswer>>, Problem> {
    let now = state.clock.now();
    let (filter, order) = filter.check(now, ApplicationOrder::Newest)?;
    let (scope, request) = (caller.applications()?, paging.request.clone());
    let page = state
        .read(move |session, now| {
            let tree = DivisionTree::embedded();
            list_reviewed_applications(session, tree, now, scope, &filter, order, &request)
        })
        .await?;
    paging
        .answer(page.map(|application| ApplicationAnswer::of(&application, now, language)))
        .map(Json)
}
