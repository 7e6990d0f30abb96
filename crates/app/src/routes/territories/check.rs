//! Tells what stands in the way of a grant.

use super::{Conflict, public_names};
use crate::{access::Caller, extract::Body, language::Language, problem::Problem, state::State};
use actix_web::web::{Data, Json};
use agents::{parse_divisions, parse_exclusivity, parse_validity};
use kernel::{BusinessDay, DivisionCode, Validation};
use regions::{CheckTerritories, Division, DivisionTree, Obstacle, Territory, check_territories};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 设想的授权
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// 区划代码，1 至 20 个
    #[schema(example = json!(["330106"]))]
    division_codes: Vec<String>,
    /// `exclusive` 独占，`shared_below` 下级可另设代理
    #[schema(example = "exclusive")]
    exclusivity: String,
    /// 生效时间（RFC 3339），或日期
    #[schema(example = "2026-12-01")]
    valid_from: String,
    /// 失效时间（不含）
    #[schema(example = "2029-12-01")]
    valid_until: String,
}

/// 冲突
#[derive(Debug, Serialize, ToSchema)]
pub struct Conflicts {
    /// 冲突的代理区域；没有冲突时为空
    conflicts: Vec<ExplainedConflict>,
}

/// 冲突的代理区域及其原因
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedConflict {
    #[serde(flatten)]
    conflict: Conflict,
    /// 区划名称；现行数据已没有时为 null
    division_name: Option<&'static str>,
    /// 区划层级
    level: &'static str,
    /// `exclusive` 独占，`shared_below` 下级可另设代理
    exclusivity: &'static str,
    /// 代理商：企业名称，或脱敏的姓名
    agent_name: Option<String>,
    /// 与之冲突的每个设想区划各一条
    explanations: Vec<Explanation>,
}

/// 一条冲突的原因
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// 设想授权的区划
    #[schema(value_type = String, example = "330106")]
    wanted_division_code: DivisionCode,
    /// `same_division` 同一区划，`inside_exclusive` 在他人独占的区域之内，`exclusive_around` 想独占而其内已有他人
    rule: &'static str,
    /// 冲突的首日
    #[schema(value_type = String, format = Date)]
    first_day: BusinessDay,
    /// 冲突的末日（含）
    #[schema(value_type = String, format = Date)]
    last_day: BusinessDay,
    /// 说明：谁、哪个区划、哪条规则、哪些日子
    message: String,
}

/// 检查区域冲突
///
/// 不改变任何数据。每处冲突都用一句话说明：谁、哪个区划、哪条独占规则、哪些日子。
#[utoipa::path(
    post,
    path = "/territories/check",
    request_body = Wanted,
    responses((status = 200, description = "冲突", body = Conflicts))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    body: Body<Wanted>,
) -> Result<Json<Conflicts>, Problem> {
    let scope = caller.scope()?;
    let wanted = body.value;
    let tree = DivisionTree::embedded();
    let now = state.clock.now();
    let mut validation = Validation::default();
    let division_codes = parse_divisions(&wanted.division_codes, tree, &mut validation);
    let exclusivity = validation.take("exclusivity", parse_exclusivity(&wanted.exclusivity));
    let validity = parse_validity("", &wanted.valid_from, &wanted.valid_until, now, &mut validation);
    let command = (|| {
        Some(CheckTerritories {
            division_codes: division_codes?,
            exclusivity: exclusivity?,
            validity: validity?,
        })
    })();
    let command = validation.finish_with(command).map_err(Problem::invalid)?;
    let conflicts = state
        .read(move |session, _| -> Result<_, Problem> {
            let found = check_territories(session, tree, &command)?;
            let names = public_names(session, scope, found.iter().map(|territory| territory.agent_id))?;
            let explained = found.iter().map(|territory| {
                let obstacles = Obstacle::between(tree, &command, territory);
                ExplainedConflict::of(territory, &obstacles, names.get(&territory.agent_id), language)
            });
            Ok(explained.collect())
        })
        .await?;
    Ok(Json(Conflicts { conflicts }))
}

impl ExplainedConflict {
    fn of(
        territory: &Territory,
        obstacles: &[Obstacle<'_>],
        agent_name: Option<&String>,
        language: Language,
    ) -> Self {
        let division = DivisionTree::embedded().find(territory.division_code);
        let holder = agent_name.map_or("", String::as_str);
        Self {
            conflict: territory.into(),
            division_name: division.map(Division::name),
            level: territory.level.name(),
            exclusivity: territory.exclusivity.name(),
            agent_name: agent_name.cloned(),
            explanations: obstacles
                .iter()
                .map(|obstacle| Explanation::of(obstacle, holder, language))
                .collect(),
        }
    }
}

impl Explanation {
    fn of(obstacle: &Obstacle<'_>, holder: &str, language: Language) -> Self {
        Self {
            wanted_division_code: obstacle.wanted.code,
            rule: obstacle.rule.name(),
            first_day: obstacle.first_day,
            last_day: obstacle.last_day,
            message: match language {
                Language::Chinese => obstacle.message_zh(holder),
                Language::English => obstacle.message_en(holder),
            },
        }
    }
}
