//! Tells what stands in the way of a grant.

use super::Conflict;
use crate::{extract::Body, problem::Problem, state::State};
use actix_web::web::{Data, Json};
use agents::{parse_divisions, parse_exclusivity, parse_validity};
use kernel::Validation;
use regions::{CheckTerritories, DivisionTree, check_territories};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 设想的授权
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// 区划代码，1 至 20 个
    #[schema(example = json!(["330106"]))]
    division_codes: Vec<String>,
    /// `exclusive` 独占，`shared_below` 下级可另设代理
    #[schema(example = "exclusive")]
    exclusivity: String,
    /// 生效时间（RFC 3339），或日期
    #[schema(example = "2026-12-01")]
    valid_from: String,
    /// 失效时间（不含）
    #[schema(example = "2029-12-01")]
    valid_until: String,
}

/// 冲突
#[derive(Debug, Serialize, ToSchema)]
pub struct Conflicts {
    /// 冲突的代理区域；没有冲突时为空
    conflicts: Vec<Conflict>,
}

/// 检查区域冲突
///
/// 不改变任何数据。
#[utoipa::path(
    post,
    path = "/territories/check",
    request_body = Wanted,
    responses((status = 200, description = "冲突", body = Conflicts))
)]
pub async fn handle(state: Data<State>, body: Body<Wanted>) -> Result<Json<Conflicts>, Problem> {
    let wanted = body.value;
    let tree = DivisionTree::embedded();
    let now = state.clock.now();
    let mut validation = Validation::default();
    let division_codes = parse_divisions(&wanted.division_codes, tree, &mut validation);
    let exclusivity = validation.take("exclusivity", parse_exclusivity(&wanted.exclusivity));
    let validity = parse_validity("", &wanted.valid_from, &wanted.valid_until, now, &mut validation);
    let command = (|| {
        Some(CheckTerritories {
            division_codes: division_codes?,
            exclusivity: exclusivity?,
            validity: validity?,
        })
    })();
    let command = validation.finish_with(command).map_err(Problem::invalid)?;
    let found = state
        .read(move |session, _| check_territories(session, tree, &command))
        .await?;
    Ok(Json(Conflicts {
        conflicts: found.iter().map(Conflict::from).collect(),
    }))
}
