//! Gives a holder's consent.

use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    routes::territories::TerritoryAnswer,
    state::State,
};
use ::agents::{GiveConsent, give_consent};
use actix_web::{HttpResponse, http::StatusCode, web::Data};
use kernel::TerritoryId;
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::ToSchema;

/// 同意
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentForm {
    /// 何处可另设代理：区域之内的区划
    #[schema(example = "330106109")]
    division_code: String,
    /// 从何时起：RFC 3339 时间，或日期
    #[schema(example = "2026-12-01")]
    valid_from: String,
    /// 到何时（不含）；不晚于该区域的结束
    #[schema(example = "2027-12-01")]
    valid_until: String,
    /// 理由
    #[schema(example = "同意在此设立县级代理", max_length = 500)]
    reason: String,
}

/// 同意他人进入独占区域
///
/// 独占区域之内不能另设代理，除非其持有者同意。只有持有者自己能同意，总部不能代为。
#[utoipa::path(
    post,
    path = "/territories/{id}/consents",
    request_body = ConsentForm,
    responses(
        (status = 201, description = "已同意", body = TerritoryAnswer),
        (status = 409, description = "该区域并非独占（not_exclusive），已失效（territory_over），或同意过多（too_many_consents）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<TerritoryId>,
    body: Body<ConsentForm>,
) -> Result<HttpResponse, Problem> {
    let form = body.value;
    let territory = state
        .command(&caller, move |work| -> Result<_, Problem> {
            let holder = work.scope()?.own_agent().ok_or_else(Problem::not_found)?;
            let ConsentForm {
                division_code,
                valid_from,
                valid_until,
                reason,
            } = form.clone();
            let command = GiveConsent {
                holder,
                territory_id: id,
                actor: work.principal.account_id,
                division_code,
                valid_from,
                valid_until,
                reason,
            };
            let tree = DivisionTree::embedded();
            Ok(give_consent(
                &mut *work.session,
                work.ids,
                tree,
                work.now,
                &command,
            )?)
        })
        .await?;
    Ok(HttpResponse::build(StatusCode::CREATED).json(TerritoryAnswer::from(territory)))
}
