//! Tells of one application.

use super::{ApplicationAnswer, HistoryAnswer, QueuePlaceAnswer};
use crate::{access::Caller, extract::PathId, language::Language, problem::Problem, state::State};
use ::agents::{ReviewedApplication, find_reviewed_application};
use actix_web::web::{Data, Json};
use kernel::ApplicationId;
use regions::DivisionTree;
use serde::Serialize;
use utoipa::ToSchema;

/// 代理申请及其历史
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationWithHistory {
    #[serde(flatten)]
    application: ApplicationAnswer,
    /// 历史，由旧到新
    history: Vec<HistoryAnswer>,
    /// 在各区划的排队名次；已结的为空
    queue: Vec<QueuePlaceAnswer>,
}

/// 一份代理申请
///
/// 未结的申请按此刻重新初审，并告知在各区划的排队名次；已结的为决定时的意见。不是自己的为 404。
#[utoipa::path(
    get,
    path = "/applications/{id}",
    responses((status = 200, description = "申请及其历史", body = ApplicationWithHistory))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<ApplicationId>,
) -> Result<Json<ApplicationWithHistory>, Problem> {
    let scope = caller.applications()?;
    let now = state.clock.now();
    let reviewed = state
        .read(move |session, now| {
            find_reviewed_application(session, DivisionTree::embedded(), now, scope, id)
        })
        .await?
        .ok_or_else(Problem::not_found)?;
    let ReviewedApplication {
        application,
        history,
        queue,
    } = reviewed;
    Ok(Json(ApplicationWithHistory {
        application: ApplicationAnswer::of(&application, now, language),
        history: history.into_iter().map(HistoryAnswer::from).collect(),
        queue: queue.into_iter().map(QueuePlaceAnswer::from).collect(),
    }))
}
