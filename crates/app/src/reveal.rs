//! Personal values in full: only for a reason, and never before the audit log has it.

use crate::{access::Caller, problem::Problem, state::State};
use identity::{AuditAction, AuditReason};
use kernel::Instant;
use serde::Deserialize;
use storage::Session;
use utoipa::ToSchema;
use uuid::Uuid;

/// 查看完整信息的理由
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealRequest {
    /// 理由，记入审计日志
    #[schema(min_length = 1, max_length = 500, example = "客户来电，核对收货电话")]
    reason: String,
}

/// Finds the subject, which `find` does within the caller's scope, writes into the audit log that it is shown, commits, and
/// only then reads what to show. A subject that is not there is 404 and leaves no entry.
pub(crate) async fn reveal<Shown>(
    state: &State,
    caller: &Caller,
    (action, subject): (AuditAction, Uuid),
    request: RevealRequest,
    find: impl Fn(&mut dyn Session, Instant) -> Result<Option<Shown>, Problem> + Clone + Send + 'static,
) -> Result<Shown, Problem>
where
    Shown: Send + 'static,
{
    let reason = AuditReason::parse(&request.reason)
        .map_err(|error| Problem::invalid_field("reason", error.into()))?;
    let look = find.clone();
    state
        .command(caller, move |mut work| -> Result<_, Problem> {
            look(&mut *work.session, work.now)?.ok_or_else(Problem::not_found)?;
            Ok(work.record(action, subject, Some(reason.clone()))?)
        })
        .await?;
    state.read(find).await?.ok_or_else(Problem::not_found)
}
