//! Couriers.

pub mod change;
pub mod hire;
pub mod list;

use crate::{masking::Sight, problem::Problem};
use ::orders::{ChangeCourierError, Courier, HireCourierError};
use kernel::{AgentId, CourierId, Instant, Scope};
use serde::Serialize;
use utoipa::ToSchema;

/// 送水员
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Courier)]
pub struct CourierAnswer {
    #[schema(value_type = Uuid)]
    id: CourierId,
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    /// 姓名；总部所见为掩码
    name: String,
    /// 手机号码；本代理商可见全部，总部所见为掩码；送水员注销后没有
    phone: Option<String>,
    /// 是否在班：在班才能派单
    on_duty: bool,
    /// 是否有登录账号
    has_account: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// 版本，与 `ETag` 相同
    version: i64,
}

impl CourierAnswer {
    /// The courier as somebody of that scope sees it: its own office calls it.
    fn seen(courier: &Courier, scope: Scope) -> Self {
        let sight = match scope {
            Scope::Agent(_) => Sight::Whole,
            _ => Sight::Masked,
        };
        Self {
            id: courier.id,
            agent_id: courier.agent_id,
            name: sight.name(&courier.name),
            phone: courier.phone.as_ref().map(|phone| sight.phone(phone)),
            on_duty: courier.on_duty,
            has_account: courier.account_id.is_some(),
            created_at: courier.created_at,
            version: courier.version,
        }
    }
}

impl From<HireCourierError> for Problem {
    fn from(error: HireCourierError) -> Self {
        match error {
            HireCourierError::Invalid(errors) => Self::invalid(errors),
            HireCourierError::Repository(error) => error.into(),
        }
    }
}

impl From<ChangeCourierError> for Problem {
    fn from(error: ChangeCourierError) -> Self {
        match error {
            ChangeCourierError::Invalid(errors) => Self::invalid(errors),
            ChangeCourierError::NotFound(_) => Self::not_found(),
            ChangeCourierError::Stale { .. } => Self::stale_version(),
            ChangeCourierError::Repository(error) => error.into(),
        }
    }
}
