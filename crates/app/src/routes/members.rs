//! The people of an agent, and the invitations by which they come.

pub mod accept;
pub mod end;
pub mod invitations;
pub mod invite;
pub mod list;
pub mod withdraw;

use crate::{problem::Problem, routes::auth::shapes::RoleName};
use ::orders::CourierAccountError;
use identity::{
    AcceptInvitationError, EndMembershipError, Invitation, InviteError, Role, WithdrawInvitationError,
};
use kernel::{AgentId, CourierId, Instant, InvitationId, ReachedAgent, Scope};
use serde::Serialize;
use utoipa::ToSchema;

/// 邀请
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationAnswer {
    #[schema(value_type = Uuid)]
    id: InvitationId,
    /// 所属代理商
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    /// 受邀担任的身份
    role: RoleName,
    /// 对应的送水员
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    courier_id: Option<CourierId>,
    /// 受邀人
    name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// 有效期至
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
}

impl From<&Invitation> for InvitationAnswer {
    fn from(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id,
            agent_id: invitation.agent_id,
            role: invitation.position.role().into(),
            courier_id: invitation.position.courier_id(),
            // Its readers are the office that wrote it.
            name: invitation.name.as_str().to_owned(),
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

/// The office whose people the caller manages.
fn office(scope: Scope) -> Result<ReachedAgent, Problem> {
    scope.own_agent().ok_or_else(Problem::forbidden)
}

/// 403: the caller's role has no say in that one.
pub(crate) fn not_appointable(role: Role) -> Problem {
    Problem::forbidden()
        .called("role_not_appointable")
        .with("role", role)
}

impl From<InviteError> for Problem {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::NotAppointable(role) => not_appointable(role),
            InviteError::TooManyOpen => Self::conflict(
                "too_many_invitations",
                "等待接受的邀请已满，请先撤回一些",
                "Too many invitations wait; withdraw some first.",
            ),
            InviteError::Repository(error) => error.into(),
        }
    }
}

impl From<AcceptInvitationError> for Problem {
    fn from(error: AcceptInvitationError) -> Self {
        match error {
            AcceptInvitationError::NotOpen => Self::not_found(),
            AcceptInvitationError::AlreadyMember { .. } => Self::conflict(
                "already_member",
                "此账号已有这个身份",
                "The account is that already.",
            ),
            AcceptInvitationError::Repository(error) => error.into(),
        }
    }
}

impl From<WithdrawInvitationError> for Problem {
    fn from(error: WithdrawInvitationError) -> Self {
        match error {
            WithdrawInvitationError::NotOpen(_) => Self::not_found(),
            WithdrawInvitationError::Repository(error) => error.into(),
        }
    }
}

impl From<EndMembershipError> for Problem {
    fn from(error: EndMembershipError) -> Self {
        match error {
            EndMembershipError::NotFound(_) => Self::not_found(),
            EndMembershipError::OwnMembership => Self::conflict(
                "own_membership",
                "不能终止自己当前的身份",
                "A membership cannot end itself.",
            ),
            EndMembershipError::NotAppointable(role) => not_appointable(role),
            EndMembershipError::Repository(error) => error.into(),
        }
    }
}

impl From<CourierAccountError> for Problem {
    fn from(error: CourierAccountError) -> Self {
        match error {
            CourierAccountError::NotFound(_) => Self::not_found(),
            CourierAccountError::HasAccount(_) => Self::conflict(
                "courier_has_account",
                "该送水员已有登录账号",
                "The courier has an account already.",
            ),
            CourierAccountError::Repository(error) => error.into(),
        }
    }
}
