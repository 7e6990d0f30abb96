//! Figures.

pub mod overview;
pub mod series;

use crate::problem::Problem;
use insights::{Counters, FigureScope};
use kernel::{AgentId, DivisionCode, Invalid, Scope};
use regions::DivisionTree;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 统计范围
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Selection {
    /// 代理商；总部缺省为全部，代理商只能是自己
    #[param(value_type = Option<Uuid>)]
    agent_id: Option<AgentId>,
    /// 只统计送往该行政区划（含其下各级，到县为止）的订单
    division: Option<String>,
}

impl Selection {
    /// Whose figures are meant, within what the caller may see: headquarters sees everybody's, an agent its own.
    fn within(&self, scope: Scope) -> Result<FigureScope, Problem> {
        let agent_id = match (scope, self.agent_id) {
            (Scope::All, named) => named,
            (Scope::Agent(own), None) => Some(own),
            (Scope::Agent(own), Some(named)) if named == own => Some(own),
            (Scope::Agent(_), Some(_)) => return Err(Problem::not_found()),
            (Scope::Courier { .. } | Scope::Customer(_), _) => return Err(Problem::forbidden()),
        };
        let span = self.division.as_deref().map(|code| {
            let code = DivisionCode::parse(code)?;
            let division = DivisionTree::embedded().resolve(code).map_err(Invalid::from)?;
            Ok(division.code.span())
        });
        let span = span
            .transpose()
            .map_err(|invalid| Problem::invalid_field("division", invalid))?;
        Ok(FigureScope { agent_id, span })
    }
}

/// 统计数字
#[derive(Debug, Serialize, ToSchema)]
pub struct Figures {
    /// 下单数，计在下单日
    orders: i64,
    /// 销售额（分），计在送达日
    sales_fen: i64,
    /// 新客户数：首次在该代理商下单
    new_customers: i64,
    /// 送达数，计在送达日
    delivered: i64,
    /// 取消数，计在取消日
    cancelled: i64,
}

impl From<Counters> for Figures {
    fn from(counters: Counters) -> Self {
        Self {
            orders: counters.orders,
            sales_fen: counters.sales.fen(),
            new_customers: counters.new_customers,
            delivered: counters.delivered,
            cancelled: counters.cancelled,
        }
    }
}
