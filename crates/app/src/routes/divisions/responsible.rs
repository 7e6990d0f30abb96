//! Tells who answers for a division.

use crate::{extract::PathId, problem::Problem, state::State};
use actix_web::web::{Data, Json};
use kernel::{AgentId, DivisionCode, TerritoryId};
use regions::{DivisionTree, Responsible};
use serde::Serialize;
use utoipa::ToSchema;

/// 负责方
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Responsible)]
pub struct ResponsibleAnswer {
    #[schema(value_type = String, example = "330106")]
    division_code: DivisionCode,
    /// `agent` 代理商，`headquarters` 总部
    party: &'static str,
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    /// 据以负责的代理区域；总部负责时没有
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    territory_id: Option<TerritoryId>,
    /// 决定的规则：`township`、`county`、`city`、`province` 或 `headquarters`
    rule: &'static str,
}

impl From<Responsible> for ResponsibleAnswer {
    fn from(responsible: Responsible) -> Self {
        Self {
            division_code: responsible.division_code,
            party: if responsible.agent_id == AgentId::HEADQUARTERS {
                "headquarters"
            } else {
                "agent"
            },
            agent_id: responsible.agent_id,
            territory_id: responsible.territory_id,
            rule: responsible.rule.name(),
        }
    }
}

/// 此刻的负责方
///
/// 从本区划向上，最近的有效代理区域的代理商负责；没有则由总部负责。
#[utoipa::path(
    get,
    path = "/divisions/{code}/responsible",
    responses(
        (status = 200, description = "负责方", body = ResponsibleAnswer),
        (status = 404, description = "没有这个代码（unknown_division），或已撤销（retired_division）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    PathId(code): PathId<DivisionCode>,
) -> Result<Json<ResponsibleAnswer>, Problem> {
    let tree = DivisionTree::embedded();
    let code = tree.resolve(code)?.code;
    let responsible = state
        .read(move |session, now| -> Result<_, Problem> {
            Ok(session.territory_map()?.responsible(tree, code, now))
        })
        .await?;
    Ok(Json(responsible.into()))
}
