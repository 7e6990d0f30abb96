//! Territories over divisions that the edition has no more.

use super::TerritoryAnswer;
use crate::{access::Caller, problem::Problem, routes::divisions::DivisionAnswer, state::State};
use actix_web::web::{Data, Json};
use regions::{DivisionTree, Territory, find_outdated_territories};
use serde::Serialize;
use utoipa::ToSchema;

/// 区划已撤销的代理区域
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutdatedTerritory)]
pub struct OutdatedAnswer {
    territory: TerritoryAnswer,
    /// 接续它的区划；按 `POST /territories/transfers` 移交给同一合同即可。数据中没有接续者时为空
    successors: Vec<DivisionAnswer>,
}

/// 区划已撤销的代理区域
#[derive(Debug, Serialize, ToSchema)]
pub struct OutdatedTerritories {
    /// 按区划代码，不分页
    items: Vec<OutdatedAnswer>,
}

/// 区划变更
///
/// 现行区划数据已没有其区划（更名换代码、并入他处）而仍有效的代理区域，及接续它的区划。现行数据中同一代码的更名不在此列：
/// 名称随数据而变。是否、何时、如何接续，由总部用移交决定，可先试算。
#[utoipa::path(
    get,
    path = "/territories/outdated",
    responses((status = 200, description = "代理区域", body = OutdatedTerritories))
)]
pub async fn handle(state: Data<State>, _: Caller) -> Result<Json<OutdatedTerritories>, Problem> {
    let territories = state
        .read(|session, now| find_outdated_territories(session, DivisionTree::embedded(), now))
        .await?;
    Ok(Json(OutdatedTerritories {
        items: territories.into_iter().map(OutdatedAnswer::from).collect(),
    }))
}

impl From<Territory> for OutdatedAnswer {
    fn from(territory: Territory) -> Self {
        let tree = DivisionTree::embedded();
        let successors = tree.successors(territory.division_code);
        let known = successors.iter().filter_map(|code| tree.find(*code));
        Self {
            successors: known.map(DivisionAnswer::from).collect(),
            territory: territory.into(),
        }
    }
}
