//! Figures day by day.

use super::{Figures, Selection};
use crate::{access::Caller, extract::Query, problem::Problem, state::State};
use actix_web::web::{Data, Json};
use chrono::NaiveDate;
use insights::daily_series;
use kernel::{BusinessDay, BusinessRange, Invalid};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The most days of one series: a year and its leap day.
const MAXIMUM_DAYS: i64 = 366;

/// 日期范围
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Days {
    /// 第一个营业日
    from: NaiveDate,
    /// 最后一个营业日（含），与第一个相距不超过 366 天
    until: NaiveDate,
}

/// 逐日统计
#[derive(Debug, Serialize, ToSchema)]
pub struct Series {
    /// 每天一项，没有订单的日子也在内
    items: Vec<SeriesDay>,
}

/// 一天的统计
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesDay {
    /// 营业日
    day: NaiveDate,
    #[serde(flatten)]
    figures: Figures,
}

/// 逐日统计
#[utoipa::path(
    get,
    path = "/stats/series",
    params(Days, Selection),
    responses((status = 200, description = "逐日统计", body = Series))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(days): Query<Days>,
    Query(selection): Query<Selection>,
) -> Result<Json<Series>, Problem> {
    let (scope, range) = (caller.scope()?, days.range()?);
    let series = state
        .read(move |session, now| -> Result<_, Problem> {
            let figures_of = selection.within(scope, session, now)?;
            Ok(daily_series(session, &figures_of, range)?)
        })
        .await?;
    let items = series.into_iter().map(|day| SeriesDay {
        day: day.day.date(),
        figures: day.counters.into(),
    });
    Ok(Json(Series {
        items: items.collect(),
    }))
}

impl Days {
    fn range(&self) -> Result<BusinessRange, Problem> {
        let days = (self.until - self.from).num_days() + 1;
        if (1..=MAXIMUM_DAYS).contains(&days) {
            return Ok(BusinessRange {
                first: BusinessDay::from_date(self.from),
                last: BusinessDay::from_date(self.until),
            });
        }
        Err(Problem::invalid_field(
            "until",
            Invalid::new(
                "out_of_range",
                "应不早于 from，且不超过 366 天",
                "must not be before from, nor more than 366 days",
            ),
        ))
    }
}
