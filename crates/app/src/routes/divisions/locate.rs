//! Finds the division that a position lies in.

use super::{DivisionAnswer, responsible::ResponsibleAnswer};
use crate::{extract::Query, problem::Problem, state::State};
use actix_web::{
    http::StatusCode,
    web::{Data, Json},
};
use boundaries::{Boundaries, Degrees};
use customers::Position;
use regions::DivisionTree;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 坐标
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// 经度，GCJ-02
    #[param(minimum = 72.004, maximum = 137.8347, example = 120.130_663)]
    longitude: f64,
    /// 纬度，GCJ-02
    #[param(minimum = 0.8293, maximum = 55.8271, example = 30.259_924)]
    latitude: f64,
}

/// 坐标所在的区划
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LocatedDivision)]
pub struct LocatedAnswer {
    /// 区县；没有区县之处为市或省
    division: DivisionAnswer,
    /// 是否在其界线之内
    inside: bool,
    /// 到其界线的距离（米，进一取整）；界线之内为 0
    distance_m: u32,
    /// 所问坐标的坐标系
    #[schema(example = "GCJ-02")]
    coordinate_system: &'static str,
    /// 界线数据的来源
    source: &'static str,
    /// 审图号
    #[schema(example = "GS(2024)0650号")]
    map_review_number: &'static str,
    /// 此刻的负责方与规则
    responsible: ResponsibleAnswer,
}

/// 按坐标查找行政区划
///
/// 坐标为 GCJ-02（微信、腾讯地图所用），换算后与区县界线比对。在所有界线之外但不超过 5,000 米时，为最近的区县并告知距离。界线为 2024 年的，下单与路由仍以区划代码为准。
#[utoipa::path(
    get,
    path = "/divisions/locate",
    params(Wanted),
    responses(
        (status = 200, description = "所在的区划", body = LocatedAnswer),
        (status = 404, description = "不在任何区县之内或附近（position_outside）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<LocatedAnswer>, Problem> {
    let position = Position::parse(wanted.longitude, wanted.latitude)
        .map_err(|invalid| Problem::invalid_field("longitude", invalid))?;
    let answer = state
        .read(move |session, now| -> Result<_, Problem> {
            let (tree, boundaries) = (DivisionTree::embedded(), Boundaries::embedded());
            let located = boundaries.locate(Degrees {
                longitude: position.longitude(),
                latitude: position.latitude(),
            });
            let (located, division) = located
                .and_then(|located| Some((located, tree.find(located.division_code)?)))
                .ok_or_else(outside)?;
            Ok(LocatedAnswer {
                division: division.into(),
                inside: located.inside,
                distance_m: located.distance_m,
                coordinate_system: "GCJ-02",
                source: boundaries.source(),
                map_review_number: boundaries.map_review_number(),
                responsible: session
                    .territory_map()?
                    .responsible(tree, division.code, now)
                    .into(),
            })
        })
        .await?;
    Ok(Json(answer))
}

fn outside() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "position_outside",
        "坐标不在任何区县之内，也不在其附近",
        "The position is in no county and near none.",
    )
}
