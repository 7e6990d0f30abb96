//! Decides what is proposed.

use super::ConsequenceAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathIds},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{DecideConsequence, Step, decide_consequence};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::{AgentId, ConsequenceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 对建议的决定
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConsequenceDecisionForm)]
pub struct Form {
    /// `confirm` 采纳，`dismiss` 不采纳
    #[schema(example = "dismiss")]
    decision: String,
    /// 理由
    #[schema(example = "当月停水检修", max_length = 500)]
    reason: String,
}

/// 已决定的建议
#[derive(Debug, Serialize, ToSchema)]
pub struct DecidedConsequence {
    /// 后果
    consequence: ConsequenceAnswer,
    /// 采纳解约建议之后要发的请求；解约不会自动发生
    next_step: Option<String>,
}

/// 决定降级或解约的建议
///
/// 采纳只是记录：解约须另行发起。
#[utoipa::path(
    post,
    path = "/agents/{id}/consequences/{consequence_id}/decide",
    request_body = Form,
    responses(
        (status = 200, description = "已决定", body = DecidedConsequence),
        (status = 409, description = "不是建议（not_a_proposal），或已决定过（already_decided）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathIds(id, consequence_id): PathIds<AgentId, ConsequenceId>,
    body: Body<Form>,
) -> Result<Json<DecidedConsequence>, Problem> {
    let Form { decision, reason } = body.value;
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = DecideConsequence {
                agent: reached(work.session, scope, id)?,
                consequence_id,
                actor: work.principal.account_id,
                decision: decision.clone(),
                reason: reason.clone(),
            };
            let decided = decide_consequence(work.session, work.ids, work.now, &command)?;
            work.record(AuditAction::ConsequenceDecided, consequence_id.as_uuid(), None)?;
            let confirmed = decided
                .decision
                .as_ref()
                .is_some_and(|decision| decision.confirmed);
            let ends = confirmed && decided.step == Step::TerminationProposed;
            Ok(Json(DecidedConsequence {
                next_step: ends.then(|| format!("POST /agents/{id}/terminate")),
                consequence: decided.into(),
            }))
        })
        .await
}
