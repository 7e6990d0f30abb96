//! Tells of one division.

use super::DivisionAnswer;
use crate::{extract::PathId, problem::Problem};
use actix_web::web::Json;
use kernel::DivisionCode;
use regions::DivisionTree;
use serde::Serialize;
use utoipa::ToSchema;

/// 行政区划及其上级
#[derive(Debug, Serialize, ToSchema)]
pub struct DivisionWithPath {
    #[serde(flatten)]
    division: DivisionAnswer,
    /// 由近及远的各级上级
    ancestors: Vec<DivisionAnswer>,
    /// 数据版本
    #[schema(example = "民政部 国家地名信息库 2026-09-11")]
    edition: &'static str,
}

/// 一个行政区划
///
/// 直辖市的“市辖区”“县”等只作编码分组的代码，视为其所属的省级。已撤销的代码为 404（`retired_division`），`successors` 为现行代码。
#[utoipa::path(
    get,
    path = "/divisions/{code}",
    responses(
        (status = 200, description = "行政区划", body = DivisionWithPath),
        (status = 404, description = "没有这个代码（unknown_division），或已撤销（retired_division）"),
    )
)]
pub async fn handle(PathId(code): PathId<DivisionCode>) -> Result<Json<DivisionWithPath>, Problem> {
    let tree = DivisionTree::embedded();
    let division = tree.resolve(code)?;
    Ok(Json(DivisionWithPath {
        division: division.into(),
        ancestors: tree
            .path(division.code)
            .skip(1)
            .map(DivisionAnswer::from)
            .collect(),
        edition: tree.edition(),
    }))
}
