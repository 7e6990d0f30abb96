//! The dashboard.

use super::{Figures, Selection};
use crate::{access::Caller, extract::Query, problem::Problem, state::State};
use actix_web::web::{Data, Json};
use insights::{PeriodFigures, Ratings, overview};
use kernel::Instant;
use serde::Serialize;
use utoipa::ToSchema;

/// 总览
#[derive(Debug, Serialize, ToSchema)]
pub struct Overview {
    /// 统计时刻；「今天」是其所在的营业日
    #[schema(value_type = String, format = DateTime)]
    as_of: Instant,
    /// 今天，与昨天相比
    today: Period,
    /// 本周一至今，与上周同期相比
    this_week: Period,
    /// 本月一日至今，与上月同期相比
    this_month: Period,
    /// 近 30 天的满意度
    satisfaction: Satisfaction,
}

/// 一段时期的统计，与之前同长的一段
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodFigures)]
pub struct Period {
    #[serde(flatten)]
    current: Figures,
    previous: Figures,
}

/// 满意度
#[derive(Debug, Serialize, ToSchema)]
pub struct Satisfaction {
    /// 平均分，两位小数；没有评价时为 null
    average: Option<f64>,
    /// 评价数
    count: i64,
    /// 1 至 5 分各有几个
    distribution: [i64; 5],
}

/// 总览
///
/// 今天、本周、本月的统计及上期，与近 30 天的满意度。
#[utoipa::path(
    get,
    path = "/stats/overview",
    params(Selection),
    responses((status = 200, description = "总览", body = Overview))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(selection): Query<Selection>,
) -> Result<Json<Overview>, Problem> {
    let scope = caller.scope()?;
    let read = state
        .read(move |session, now| -> Result<_, Problem> {
            let figures_of = selection.within(scope, session, now)?;
            Ok(overview(session, &figures_of, now)?)
        })
        .await?;
    Ok(Json(read.into()))
}

impl From<insights::Overview> for Overview {
    fn from(read: insights::Overview) -> Self {
        Self {
            as_of: read.as_of,
            today: read.today.into(),
            this_week: read.this_week.into(),
            this_month: read.this_month.into(),
            satisfaction: read.satisfaction.into(),
        }
    }
}

impl From<PeriodFigures> for Period {
    fn from(figures: PeriodFigures) -> Self {
        Self {
            current: figures.current.into(),
            previous: figures.previous.into(),
        }
    }
}

impl From<Ratings> for Satisfaction {
    fn from(ratings: Ratings) -> Self {
        Self {
            average: ratings.average(),
            count: ratings.count(),
            distribution: ratings.counts(),
        }
    }
}
