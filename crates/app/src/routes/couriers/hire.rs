//! Hires a courier, with an account where it is to sign in itself.

use super::CourierAnswer;
use crate::{
    access::Caller,
    extract::{AgentParameter, Body, OptionalKey, OptionalKeyParameter, Query},
    once::Made,
    problem::Problem,
    routes::members::not_appointable,
    state::State,
};
use ::orders::{CourierDraft, hire_courier};
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, OpenAccount, Password, PasswordHash, Position, Role, Username, open_account};
use kernel::{AccountId, FieldError, Invalid, Validation};
use serde::Deserialize;
use utoipa::ToSchema;

/// 新送水员
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCourier {
    #[schema(min_length = 1, max_length = 50)]
    name: String,
    /// 中国大陆手机号码
    phone: String,
    /// 登录用的用户名，与密码同有或同无；没有账号的送水员由代理商代为操作
    username: Option<String>,
    /// 密码：8 至 128 个字符
    #[schema(format = Password, min_length = 8, max_length = 128)]
    password: Option<String>,
}

/// 添加送水员
///
/// 自即刻起在班。
#[utoipa::path(
    post,
    path = "/couriers",
    params(AgentParameter, OptionalKeyParameter),
    request_body = NewCourier,
    responses(
        (status = 201, description = "已添加", body = CourierAnswer),
        (status = 403, description = "不能开设送水员账号（`role_not_appointable`）"),
        (status = 409, description = "用户名已被使用（`username_taken`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(agent): Query<AgentParameter>,
    OptionalKey(key): OptionalKey,
    body: Body<NewCourier>,
) -> Result<HttpResponse, Problem> {
    let (draft, credentials) = check(body.value).map_err(Problem::invalid)?;
    let account = match credentials {
        Some((username, password)) => {
            let hash = state.passwords.run(move |hasher| hasher.hash(&password)).await?;
            Some((username, hash))
        }
        None => None,
    };
    state
        .once(&caller, key, body.digest, move |mut work| {
            // Whoever opens an account for somebody appoints them.
            if account.is_some() && !work.principal.role.may_appoint(Role::Courier) {
                return Err(not_appointable(Role::Courier));
            }
            let scope = work.scope()?;
            let (ids, now, agent_id) = (work.ids, work.now, agent.within(scope)?.id());
            let account_id = account
                .is_some()
                .then(|| AccountId::from_uuid(ids.next_uuid(now)));
            let courier = hire_courier(work.reborrow().session, ids, now, agent_id, account_id, &draft)?;
            if let (Some((username, hash)), Some(id)) = (&account, account_id) {
                let position = Position::Courier {
                    agent_id,
                    courier_id: courier.id,
                };
                let name = courier.name.clone();
                open_account(
                    work.reborrow().session,
                    ids,
                    now,
                    account_of(id, username, hash, name, position),
                )?;
                work.record(AuditAction::MemberAppointed, id.as_uuid(), None)?;
            }
            Ok::<_, Problem>(Made::created(
                courier.id.as_uuid(),
                CourierAnswer::seen(&courier, scope),
            ))
        })
        .await
}

fn account_of(
    id: AccountId,
    username: &Username,
    password_hash: &PasswordHash,
    name: kernel::PersonName,
    position: Position,
) -> OpenAccount {
    OpenAccount {
        id,
        username: username.clone(),
        password_hash: password_hash.clone(),
        name,
        privacy_policy_version: None,
        position,
    }
}

type Credentials = (Username, Password);

/// Checks every field, and reports all that are wrong.
fn check(body: NewCourier) -> Result<(CourierDraft, Option<Credentials>), Vec<FieldError>> {
    let mut validation = Validation::default();
    let draft = CourierDraft {
        name: body.name,
        phone: body.phone,
    };
    draft.check(&mut validation);
    let credentials = match (body.username, body.password) {
        (None, None) => Some(None),
        (Some(username), Some(password)) => {
            let username = validation.take("username", Username::parse(&username));
            let password = validation.take("password", Password::parse(password));
            username.zip(password).map(Some)
        }
        (username, _) => {
            let missing = if username.is_none() {
                "username"
            } else {
                "password"
            };
            validation.refuse(missing, Invalid::required());
            None
        }
    };
    validation.finish_with(credentials.map(|credentials| (draft, credentials)))
}
