//! Invites somebody.

use super::{InvitationAnswer, office};
use crate::{access::Caller, extract::Body, problem::Problem, state::State};
use ::orders::find_courier_without_account;
use actix_web::{HttpResponse, http::header, web::Data};
use identity::{AuditAction, Invite, Position, Role, invite};
use kernel::{CourierId, FieldError, Invalid, PersonName, ReachedAgent, Validation};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// 新邀请
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// 总部管理员可邀请 `operator`、`auditor`，代理商负责人可邀请 `agent_staff`、`courier`
    #[schema(example = "agent_staff")]
    role: String,
    /// 受邀人
    #[schema(min_length = 1, max_length = 50)]
    name: String,
    /// 邀请送水员时必填：本代理商尚无登录账号的送水员
    #[schema(value_type = Option<Uuid>)]
    courier_id: Option<CourierId>,
}

/// 新邀请与其邀请码
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationWithCode {
    #[serde(flatten)]
    invitation: InvitationAnswer,
    /// 邀请码：一次有效，只在此给出一次
    code: String,
}

/// 邀请人员
///
/// 受邀人登录自己的账号后以邀请码接受，7 天内有效。邀请码不作保存，故不接受 `Idempotency-Key`：未收到答复时请撤回后重新邀请。
#[utoipa::path(
    post,
    path = "/members/invitations",
    request_body = NewInvitation,
    responses(
        (status = 201, description = "已邀请", body = InvitationWithCode),
        (status = 403, description = "不能任命这个身份（`role_not_appointable`）"),
        (status = 404, description = "没有这名送水员"),
        (status = 409, description = "送水员已有账号（`courier_has_account`）；等待的邀请已满（`too_many_invitations`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    body: Body<NewInvitation>,
) -> Result<HttpResponse, Problem> {
    let agent = office(caller.scope()?)?;
    let command = check(&body.value, agent).map_err(Problem::invalid)?;
    let secrets = Arc::clone(&state.secrets);
    let (invitation, code) = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let (scope, ids, now) = (work.scope()?, work.ids, work.now);
            let agent = office(scope)?;
            let secrets = secrets.as_ref();
            let principal = work.principal;
            let (invitation, code) =
                invite(work.session, ids, secrets, now, principal, agent, command.clone())?;
            if let Some(courier_id) = invitation.position.courier_id() {
                find_courier_without_account(work.session, scope, courier_id)?;
            }
            work.record(AuditAction::MemberInvited, invitation.id.as_uuid(), None)?;
            Ok((invitation, code))
        })
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(InvitationWithCode {
            invitation: InvitationAnswer::from(&invitation),
            code: code.expose().to_owned(),
        }))
}

/// Checks every field, and reports all that are wrong.
fn check(body: &NewInvitation, agent: ReachedAgent) -> Result<Invite, Vec<FieldError>> {
    let mut validation = Validation::default();
    let name = validation.take("name", PersonName::parse(&body.name));
    let role = validation.take(
        "role",
        Role::from_name(&body.role)
            .filter(|role| !matches!(role, Role::Customer | Role::Applicant))
            .ok_or_else(|| {
                Invalid::new(
                    "unknown_role",
                    "没有这个身份",
                    "is not a role that one is invited to",
                )
            }),
    );
    let courier_id = match (role, body.courier_id) {
        (Some(Role::Courier), None) => {
            validation.refuse("courier_id", Invalid::required());
            None
        }
        (Some(Role::Courier), given) => given,
        (Some(_), Some(_)) => {
            validation.refuse(
                "courier_id",
                Invalid::new(
                    "not_a_courier",
                    "只有邀请送水员时才填写",
                    "goes with the role courier only",
                ),
            );
            None
        }
        (_, _) => None,
    };
    // A role of headquarters is held there, whoever asks: the use case then refuses.
    let position = role.and_then(|role| {
        Position::at_headquarters(role).or_else(|| Position::of(role, Some(agent.id()), courier_id, None))
    });
    validation.finish_with(
        position
            .zip(name)
            .map(|(position, name)| Invite { position, name }),
    )
}
