//! Which divisions have an agent, and which only headquarters.

pub mod export;
pub mod gaps;
pub mod get;

use crate::problem::Problem;
use kernel::{DivisionCode, Instant, Invalid, Scope, Validation};
use regions::{Coverage, DivisionTree, ExpiringDays, TerritoryMap};
use serde::Deserialize;
use std::sync::Arc;
use storage::Session;
use utoipa::IntoParams;

/// 覆盖范围
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Selection {
    /// 区划；不填为全国（仅总部）。代理商只能是自己区域之内的
    #[param(example = "330000")]
    division: Option<String>,
    /// 时刻，缺省为此刻
    #[param(value_type = Option<String>, format = DateTime)]
    at: Option<Instant>,
}

/// 到期提示
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Ahead {
    /// 多少天之内到期（且无续约）的算即将到期
    #[param(minimum = 0, maximum = 366, default = 60)]
    expiring_within_days: Option<u16>,
}

/// A subtree at an instant, as it was asked for.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    root: Option<DivisionCode>,
    at: Option<Instant>,
    expiring_within: ExpiringDays,
}

/// A subtree that the caller may see, and the territories to see it by.
struct Selected {
    territories: Arc<TerritoryMap>,
    on_hold: Vec<DivisionCode>,
    root: Option<DivisionCode>,
    at: Instant,
    expiring_within: ExpiringDays,
}

impl Wanted {
    fn parse(selection: &Selection, ahead: Option<&Ahead>) -> Result<Self, Problem> {
        let mut validation = Validation::default();
        let root = validation.take_optional(
            "division",
            selection.division.as_deref().map(|code| {
                let code = DivisionCode::parse(code)?;
                let division = DivisionTree::embedded().resolve(code).map_err(Invalid::from)?;
                Ok::<_, Invalid>(division.code)
            }),
        );
        let days = ahead.and_then(|ahead| ahead.expiring_within_days);
        let days = validation.take_optional("expiring_within_days", days.map(ExpiringDays::new));
        validation
            .finish_with(root.zip(days).map(|(root, days)| Self {
                root,
                at: selection.at,
                expiring_within: days.unwrap_or_default(),
            }))
            .map_err(Problem::invalid)
    }

    /// Headquarters sees everything, an agent what lies in its territories of this moment, whatever moment it asks about.
    fn within(self, scope: Scope, session: &mut dyn Session, now: Instant) -> Result<Selected, Problem> {
        let territories = session.territory_map()?;
        if scope != Scope::All {
            let own = scope.own_agent().ok_or_else(Problem::forbidden)?.id();
            let tree = DivisionTree::embedded();
            let holds = |code| territories.holds_around(tree, own, code, now);
            if !self.root.is_some_and(holds) {
                return Err(Problem::not_found());
            }
        }
        let at = self.at.unwrap_or(now);
        let holds = session.list_all_holds(at)?;
        Ok(Selected {
            territories,
            on_hold: holds.iter().map(|hold| hold.division_code).collect(),
            root: self.root,
            at,
            expiring_within: self.expiring_within,
        })
    }
}

impl Selected {
    fn coverage(&self) -> Coverage<'_> {
        let tree = DivisionTree::embedded();
        let coverage = Coverage::new(tree, &self.territories, self.at, self.expiring_within);
        coverage.with_holds(self.on_hold.iter().copied())
    }
}
