//! Lists where nobody but headquarters answers.

use super::{Selection, Wanted};
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    problem::Problem,
    routes::divisions::DivisionAnswer,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::DivisionCode;
use regions::{Division, DivisionTree, Gap};
use serde::Serialize;
use utoipa::ToSchema;

/// 空白区域
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Gap)]
pub struct GapAnswer {
    #[serde(flatten)]
    division: DivisionAnswer,
    /// 各级上级的名称，由大到小
    #[schema(example = json!(["浙江省", "杭州市"]))]
    path: Vec<String>,
    /// 其中的区县数；没有区县的市、省各计为一，乡镇为 0
    counties: usize,
}

/// 空白区域
///
/// 除总部外处处无人负责的区划，只列其中最大的：整省空白时列省，不再列其下。按代码。
#[utoipa::path(
    get,
    path = "/territories/coverage/gaps",
    params(Selection, PageParameters),
    responses(
        (status = 200, description = "一页空白区域", body = Paged<GapAnswer>),
        (status = 404, description = "不在自己的区域之内（not_found）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(selection): Query<Selection>,
    paging: Paging<DivisionCode>,
) -> Result<Json<Paged<GapAnswer>>, Problem> {
    let wanted = Wanted::parse(&selection, None)?;
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let page = state
        .read(move |session, now| -> Result<_, Problem> {
            let selected = wanted.within(scope, session, now)?;
            let gaps = selected.coverage().gaps(selected.root, &request);
            Ok(gaps.map(|gap| GapAnswer::from(&gap)))
        })
        .await?;
    paging.answer(page).map(Json)
}

impl From<&Gap<'_>> for GapAnswer {
    fn from(gap: &Gap<'_>) -> Self {
        let above = DivisionTree::embedded().path(gap.division.code).skip(1);
        let mut path: Vec<_> = above.map(Division::name).map(str::to_owned).collect();
        path.reverse();
        Self {
            division: gap.division.into(),
            path,
            counties: gap.counties,
        }
    }
}
