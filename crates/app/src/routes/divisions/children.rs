//! Lists the divisions below one, or the provinces.

use super::Divisions;
use crate::{extract::Query, problem::Problem};
use actix_web::web::Json;
use kernel::{DivisionCode, Validation};
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::IntoParams;

/// 上级
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Below {
    /// 上级区划代码；不填则列出省级
    #[param(example = "330100")]
    parent: Option<String>,
}

/// 下级行政区划
///
/// 不填 `parent` 时为全部省级。树的形状不整齐：有的市没有县，有的县直属于省，因此上下级以数据为准，不按代码截取。
#[utoipa::path(
    get,
    path = "/divisions",
    params(Below),
    responses((status = 200, description = "下级行政区划", body = Divisions))
)]
pub async fn handle(Query(below): Query<Below>) -> Result<Json<Divisions>, Problem> {
    let tree = DivisionTree::embedded();
    let mut validation = Validation::default();
    let parent = validation.take_optional(
        "parent",
        below
            .parent
            .as_deref()
            .map(|code| Ok::<_, kernel::Invalid>(tree.resolve(DivisionCode::parse(code)?)?.code)),
    );
    let parent = validation.finish_with(parent).map_err(Problem::invalid)?;
    Ok(Json(Divisions::of(tree.children(parent))))
}
