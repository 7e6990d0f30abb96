//! Takes a holder's consent back.

use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    routes::territories::TerritoryAnswer,
    state::State,
};
use ::agents::{WithdrawConsent, withdraw_consent};
use actix_web::web::{Data, Json};
use kernel::{HolderConsentId, TerritoryId};
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::ToSchema;

/// 收回同意
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentWithdrawal {
    /// 哪一项同意
    #[schema(value_type = Uuid)]
    consent_id: HolderConsentId,
    /// 理由
    #[schema(example = "自行经营", max_length = 500)]
    reason: String,
}

/// 收回同意
///
/// 自此刻起收回；尚未开始的视同未给。已据此任命代理商的不能收回。
#[utoipa::path(
    post,
    path = "/territories/{id}/consents/withdraw",
    request_body = ConsentWithdrawal,
    responses(
        (status = 200, description = "已收回", body = TerritoryAnswer),
        (status = 409, description = "已据此任命代理商（territory_conflict）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<TerritoryId>,
    body: Body<ConsentWithdrawal>,
) -> Result<Json<TerritoryAnswer>, Problem> {
    let form = body.value;
    let territory = state
        .command(&caller, move |work| -> Result<_, Problem> {
            let holder = work.scope()?.own_agent().ok_or_else(Problem::not_found)?;
            let ConsentWithdrawal { consent_id, reason } = form.clone();
            let command = WithdrawConsent {
                holder,
                territory_id: id,
                consent_id,
                actor: work.principal.account_id,
                reason,
            };
            let tree = DivisionTree::embedded();
            Ok(withdraw_consent(
                &mut *work.session,
                work.ids,
                tree,
                work.now,
                &command,
            )?)
        })
        .await?;
    Ok(Json(territory.into()))
}
