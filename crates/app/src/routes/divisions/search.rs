//! Finds divisions by name or initials.

use super::Divisions;
use crate::{extract::Query, problem::Problem};
use actix_web::web::Json;
use kernel::{Invalid, Text};
use regions::{DivisionTree, MAXIMUM_SEARCH_LIMIT};
use serde::Deserialize;
use utoipa::IntoParams;

/// 查找条件
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// 名称的一部分，或拼音首字母（乡镇除外），如 `西湖` 或 `xhq`
    #[param(max_length = 50, example = "xhq")]
    q: String,
    /// 最多几条
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: Option<usize>,
}

/// 查找行政区划
///
/// 全名相同的在前，其次以之开头的，再次包含的；同等时层级高的在前。
#[utoipa::path(
    get,
    path = "/divisions/search",
    params(Wanted),
    responses((status = 200, description = "找到的行政区划", body = Divisions))
)]
pub async fn handle(Query(wanted): Query<Wanted>) -> Result<Json<Divisions>, Problem> {
    let query =
        Text::<50>::parse(&wanted.q).map_err(|error| Problem::invalid_field("q", Invalid::from(error)))?;
    let limit = wanted.limit.unwrap_or(20);
    if !(1..=MAXIMUM_SEARCH_LIMIT).contains(&limit) {
        let invalid = Invalid::new("out_of_range", "须为 1 至 50", "must be 1 to 50");
        return Err(Problem::invalid_field("limit", invalid));
    }
    Ok(Json(Divisions::of(
        DivisionTree::embedded().search(query.as_str(), limit),
    )))
}
