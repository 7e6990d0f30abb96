//! What sign-in answers.

use identity::{Principal, Role};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 登录结果：令牌，或以 cookie 登录时的 `csrf_token`
#[derive(Serialize, ToSchema)]
pub struct SignedInShape {
    /// 每个请求以 `Authorization: Bearer` 携带
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) access_token: Option<String>,
    /// 用于换取下一对令牌，只能使用一次
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
    /// 固定为 Bearer
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Bearer")]
    pub(super) token_type: Option<&'static str>,
    /// 会改变内容的请求在 `X-CSRF-Token` 中携带
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) csrf_token: Option<String>,
    /// 本次所得可用的秒数，此后须续期
    #[schema(example = 900)]
    pub(super) expires_in: i64,
    /// 登录者
    pub(super) principal: PrincipalShape,
}

/// 登录者及其当前身份
#[derive(Serialize, ToSchema)]
#[schema(as = Principal)]
pub struct PrincipalShape {
    /// 账号
    account_id: Uuid,
    /// 当前身份的编号
    membership_id: Uuid,
    /// 姓名
    #[schema(example = "张三")]
    name: String,
    /// 当前身份
    role: RoleName,
    /// 所属代理商；总部人员为总部
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<Uuid>,
    /// 对应的送水员
    #[serde(skip_serializing_if = "Option::is_none")]
    courier_id: Option<Uuid>,
    /// 对应的客户
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<Uuid>,
}

/// 身份：总部管理员、总部运营、总部审计、代理商负责人、代理商员工、送水员、客户、申请人
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Role)]
#[allow(missing_docs, reason = "they are named after the roles of `identity::Role`")]
pub enum RoleName {
    HqAdmin,
    Operator,
    Auditor,
    AgentOwner,
    AgentStaff,
    Courier,
    Customer,
    Applicant,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::HqAdmin => Self::HqAdmin,
            Role::Operator => Self::Operator,
            Role::Auditor => Self::Auditor,
            Role::AgentOwner => Self::AgentOwner,
            Role::AgentStaff => Self::AgentStaff,
            Role::Courier => Self::Courier,
            Role::Customer => Self::Customer,
            Role::Applicant => Self::Applicant,
        }
    }
}

impl From<&Principal> for PrincipalShape {
    fn from(principal: &Principal) -> Self {
        Self {
            account_id: principal.account_id.as_uuid(),
            membership_id: principal.membership_id.as_uuid(),
            // It is the reader's own.
            name: principal.name.as_str().to_owned(),
            role: principal.role.into(),
            agent_id: principal.agent_id.map(kernel::AgentId::as_uuid),
            courier_id: principal.courier_id.map(kernel::CourierId::as_uuid),
            customer_id: principal.customer_id.map(kernel::CustomerId::as_uuid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_told_by_their_stable_names() {
        for role in Role::ALL {
            let told = serde_json::to_value(RoleName::from(role)).unwrap();
            assert_eq!(told, role.name());
        }
    }
}
