//! Gives the next application to an operator who goes through them one by one.

use super::{ApplicationAnswer, filter::Filter};
use crate::{extract::Query, language::Language, problem::Problem, state::State};
use ::agents::{ApplicationOrder, find_next_application};
use actix_web::web::{Data, Json};
use kernel::ApplicationId;
use regions::DivisionTree;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 从哪一份之后
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Position {
    /// 刚看过的申请的 id；不填则为第一份
    #[param(value_type = Option<Uuid>)]
    after: Option<ApplicationId>,
}

/// 下一份申请
#[derive(Debug, Serialize, ToSchema)]
pub struct NextApplication {
    /// 下一份；没有了为 null
    application: Option<ApplicationAnswer>,
}

/// 下一份待审的申请
///
/// 按筛选与次序（默认由旧到新）逐份审核；不填状态则为已提交与审核中的。
#[utoipa::path(
    get,
    path = "/applications/next",
    params(Filter, Position),
    responses((status = 200, description = "下一份申请，或没有了", body = NextApplication))
)]
pub async fn handle(
    state: Data<State>,
    language: Language,
    Query(filter): Query<Filter>,
    Query(position): Query<Position>,
) -> Result<Json<NextApplication>, Problem> {
    let now = state.clock.now();
    let (filter, order) = filter.check(now, ApplicationOrder::Oldest)?;
    let next = state
        .read(move |session, now| {
            let tree = DivisionTree::embedded();
            find_next_application(session, tree, now, &filter, order, position.after)
        })
        .await?;
    Ok(Json(NextApplication {
        application: next.map(|application| ApplicationAnswer::of(&application, now, language)),
    }))
}
