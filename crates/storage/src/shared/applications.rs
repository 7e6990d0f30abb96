//! Applications, the divisions they want, and their history.

use super::{
    applicants::{SealedApplicant, identity_index},
    dialect,
    schema::{application_divisions, application_history, applications},
    sealing::{Envelope, SealedRow},
    session::Session,
    territories::{division_code, division_column},
    values::{Key, Moment, corrupt},
};
use crate::{
    RowKey, Vault,
    sealed_tables::{APPLICATION_HISTORY, APPLICATIONS},
};
use ::agents::{
    AgentLevel, Application, ApplicationAction, ApplicationFilter, ApplicationKey, ApplicationOrder,
    ApplicationRepository, ApplicationScope, ApplicationState, Deadline, Finding, FindingCode, HistoryEntry,
    Hold, Reason, StateName,
};
use ::attachments::AttachmentRepository;
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Text},
};
use identity::PrivacyPolicyVersion;
use kernel::{
    AccountId, ApplicationId, AttachmentId, DivisionCode, DivisionSpan, IdentityNumber, Instant, Page,
    PageRequest, RepositoryError,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The states in which an application waits for somebody.
const OPEN: [&str; 3] = [
    StateName::Submitted.name(),
    StateName::Reviewing.name(),
    StateName::SupplementRequired.name(),
];

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = applications, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct ApplicationRow {
    id: Key,
    account_id: Key,
    kind: String,
    name_sealed: Envelope,
    identity_number_sealed: Envelope,
    company_name: Option<String>,
    credit_code: Option<String>,
    mobile_sealed: Envelope,
    email_sealed: Envelope,
    level: String,
    privacy_policy_version: String,
    state: String,
    state_reason_sealed: Option<Envelope>,
    agent_id: Option<Key>,
    findings: serde_json::Value,
    blocking_findings: i32,
    advisory_findings: i32,
    submitted_at: Moment,
    on_hold_until: Option<Moment>,
    due_at: Option<Moment>,
    reminded: bool,
    version: i64,
}

#[derive(Insertable)]
#[diesel(table_name = application_divisions, check_for_backend(super::Backend))]
struct DivisionRow {
    application_id: Key,
    division_code: i32,
    position: i32,
    identity_number_index: Vec<u8>,
    open: bool,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = application_history, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct HistoryRow {
    application_id: Key,
    version: i64,
    at: Moment,
    actor: Option<Key>,
    action: String,
    from_state: Option<String>,
    to_state: String,
    held_until: Option<Moment>,
    reason_sealed: Option<Envelope>,
}

/// A finding as the document of its column.
#[derive(Serialize, Deserialize)]
struct FindingDocument {
    code: String,
    division_code: Option<DivisionCode>,
}

fn sealed_row(vault: &Vault, id: ApplicationId) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &APPLICATIONS,
        key: RowKey::id(id.as_uuid()),
    }
}

fn sealed_line(vault: &Vault, id: Key, version: i64) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &APPLICATION_HISTORY,
        key: RowKey::id(id).and_number(version),
    }
}

fn document(value: impl Serialize) -> Result<serde_json::Value, RepositoryError> {
    serde_json::to_value(value).map_err(|error| RepositoryError::Refused(error.to_string()))
}

fn to_row(vault: &Vault, application: &Application) -> Result<ApplicationRow, RepositoryError> {
    let place = sealed_row(vault, application.id);
    let applicant = SealedApplicant::seal(&place, &application.applicant)?;
    let key = ApplicationKey::of(application);
    let (reason, agent_id) = match &application.state {
        ApplicationState::SupplementRequired { request: reason } | ApplicationState::Rejected { reason } => {
            (Some(reason), None)
        }
        ApplicationState::Approved { agent_id } => (None, Some(*agent_id)),
        ApplicationState::Submitted | ApplicationState::Reviewing | ApplicationState::Withdrawn => {
            (None, None)
        }
    };
    let findings: Vec<_> = application
        .findings
        .iter()
        .map(|finding| FindingDocument {
            code: finding.code.name().to_owned(),
            division_code: finding.division_code,
        })
        .collect();
    Ok(ApplicationRow {
        id: application.id.into(),
        account_id: application.account_id.into(),
        kind: applicant.kind,
        name_sealed: applicant.name,
        identity_number_sealed: applicant.identity_number,
        company_name: applicant.company_name,
        credit_code: applicant.credit_code,
        mobile_sealed: applicant.mobile,
        email_sealed: applicant.email,
        level: application.level.name().to_owned(),
        privacy_policy_version: application.privacy_policy_version.as_str().to_owned(),
        state: application.state.name().name().to_owned(),
        state_reason_sealed: reason
            .map(|reason| place.seal("state_reason_sealed", reason.as_str()))
            .transpose()?,
        agent_id: agent_id.map(Key::from),
        findings: document(findings)?,
        blocking_findings: key.blocking.into(),
        advisory_findings: key.advisory.into(),
        submitted_at: application.submitted_at.into(),
        on_hold_until: application.on_hold_until.map(Moment),
        due_at: application.deadline.map(|deadline| deadline.at.into()),
        reminded: application.deadline.is_some_and(|deadline| deadline.reminded),
        version: application.version,
    })
}

fn to_application(
    vault: &Vault,
    row: ApplicationRow,
    division_codes: Vec<DivisionCode>,
    attachments: Vec<AttachmentId>,
) -> Result<Application, RepositoryError> {
    let id = ApplicationId::from(row.id);
    let place = sealed_row(vault, id);
    let unusable = |column, reason: &'static str| corrupt("applications", column, row.id, reason);
    let state = to_state(&row, &place)?;
    let findings = serde_json::from_value::<Vec<FindingDocument>>(row.findings)
        .map_err(|error| corrupt("applications", "findings", row.id, error))?
        .into_iter()
        .map(|finding| {
            let code = FindingCode::from_name(&finding.code);
            let code = code.ok_or_else(|| unusable("findings", "an unknown code"))?;
            Ok(Finding {
                code,
                division_code: finding.division_code,
            })
        })
        .collect::<Result<_, RepositoryError>>()?;
    let applicant = SealedApplicant {
        kind: row.kind,
        name: row.name_sealed,
        identity_number: row.identity_number_sealed,
        company_name: row.company_name,
        credit_code: row.credit_code,
        mobile: row.mobile_sealed,
        email: row.email_sealed,
    };
    Ok(Application {
        id,
        account_id: row.account_id.into(),
        applicant: applicant.open(&place)?,
        level: AgentLevel::from_name(&row.level).ok_or_else(|| unusable("level", "unknown"))?,
        division_codes,
        privacy_policy_version: PrivacyPolicyVersion::parse(&row.privacy_policy_version)
            .map_err(|_| unusable("privacy_policy_version", "no version"))?,
        attachments,
        state,
        findings,
        submitted_at: row.submitted_at.0,
        on_hold_until: row.on_hold_until.map(|until| until.0),
        deadline: row.due_at.map(|at| Deadline {
            at: at.0,
            reminded: row.reminded,
        }),
        version: row.version,
    })
}

fn to_state(row: &ApplicationRow, place: &SealedRow<'_>) -> Result<ApplicationState, RepositoryError> {
    let reason = row
        .state_reason_sealed
        .as_ref()
        .map(|sealed| place.open("state_reason_sealed", sealed, Reason::parse))
        .transpose()?;
    match (StateName::from_name(&row.state), reason, row.agent_id) {
        (Some(StateName::Submitted), None, None) => Ok(ApplicationState::Submitted),
        (Some(StateName::Reviewing), None, None) => Ok(ApplicationState::Reviewing),
        (Some(StateName::SupplementRequired), Some(request), None) => {
            Ok(ApplicationState::SupplementRequired { request })
        }
        (Some(StateName::Approved), None, Some(agent_id)) => Ok(ApplicationState::Approved {
            agent_id: agent_id.into(),
        }),
        (Some(StateName::Rejected), Some(reason), None) => Ok(ApplicationState::Rejected { reason }),
        (Some(StateName::Withdrawn), None, None) => Ok(ApplicationState::Withdrawn),
        _ => Err(corrupt("applications", "state", row.id, "unknown, or not whole")),
    }
}

fn to_history_row(
    vault: &Vault,
    id: ApplicationId,
    version: i64,
    entry: &HistoryEntry,
) -> Result<HistoryRow, RepositoryError> {
    let place = sealed_line(vault, id.into(), version);
    let reason = entry
        .reason
        .as_ref()
        .map(|reason| place.seal("reason_sealed", reason.as_str()));
    Ok(HistoryRow {
        application_id: id.into(),
        version,
        at: entry.at.into(),
        actor: entry.actor.map(Key::from),
        action: entry.action.name().to_owned(),
        from_state: entry.from.map(|state| state.name().to_owned()),
        to_state: entry.to.name().to_owned(),
        held_until: entry.held_until.map(Moment),
        reason_sealed: reason.transpose()?,
    })
}

fn to_history_entry(vault: &Vault, row: &HistoryRow) -> Result<HistoryEntry, RepositoryError> {
    let unusable = |column| corrupt("application_history", column, row.application_id, "unknown");
    let place = sealed_line(vault, row.application_id, row.version);
    let from = row
        .from_state
        .as_ref()
        .map(|name| StateName::from_name(name).ok_or_else(|| unusable("from_state")));
    let reason = row
        .reason_sealed
        .as_ref()
        .map(|sealed| place.open("reason_sealed", sealed, Reason::parse));
    Ok(HistoryEntry {
        at: row.at.0,
        actor: row.actor.map(AccountId::from),
        action: ApplicationAction::from_name(&row.action).ok_or_else(|| unusable("action"))?,
        from: from.transpose()?,
        to: StateName::from_name(&row.to_state).ok_or_else(|| unusable("to_state"))?,
        held_until: row.held_until.map(|until| until.0),
        reason: reason.transpose()?,
    })
}

impl Session {
    fn append_application_history(
        &mut self,
        id: ApplicationId,
        version: i64,
        entry: &HistoryEntry,
    ) -> Result<(), RepositoryError> {
        let row = to_history_row(&self.shared.vault, id, version, entry)?;
        diesel::insert_into(application_history::table)
            .values(row)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    /// The rows as applications, in the same order.
    fn applications_of(&mut self, rows: Vec<ApplicationRow>) -> Result<Vec<Application>, RepositoryError> {
        let wanted: Vec<(Key, i32)> = application_divisions::table
            .filter(application_divisions::application_id.eq_any(rows.iter().map(|row| row.id)))
            .order((
                application_divisions::application_id,
                application_divisions::position,
            ))
            .select((
                application_divisions::application_id,
                application_divisions::division_code,
            ))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut codes: BTreeMap<Key, Vec<DivisionCode>> = BTreeMap::new();
        for (id, column) in wanted {
            let code = division_code(column)
                .ok_or_else(|| corrupt("application_divisions", "division_code", id, "no code"))?;
            codes.entry(id).or_default().push(code);
        }
        let ids: Vec<_> = rows.iter().map(|row| row.id.into()).collect();
        let mut attached = self.list_attached(&ids)?;
        let vault = &self.shared.vault;
        rows.into_iter()
            .map(|row| {
                let division_codes = codes.remove(&row.id).unwrap_or_default();
                let attachments = attached.remove(&row.id.into()).unwrap_or_default();
                to_application(vault, row, division_codes, attachments)
            })
            .collect()
    }
}

/// The applications that pass the filter.
fn filtered(filter: &ApplicationFilter) -> applications::BoxedQuery<'static, super::Backend> {
    let mut query = applications::table.into_boxed();
    if !filter.states.is_empty() {
        let names: Vec<_> = filter.states.iter().map(|state| state.name()).collect();
        query = query.filter(applications::state.eq_any(names));
    }
    if let Some(level) = filter.level {
        query = query.filter(applications::level.eq(level.name()));
    }
    if let Some(span) = filter.span {
        let (first, end) = (i32::try_from(span.first), i32::try_from(span.end));
        let inside = application_divisions::table
            .filter(application_divisions::division_code.ge(first.unwrap_or(i32::MAX)))
            .filter(application_divisions::division_code.lt(end.unwrap_or(i32::MAX)))
            .select(application_divisions::application_id);
        query = query.filter(applications::id.eq_any(inside));
    }
    if let Some(finding) = filter.finding {
        let (before, after) = dialect::HAS_FINDING;
        let found = sql::<Bool>(before).bind::<Text, _>(finding.name()).sql(after);
        query = query.filter(found);
    }
    if let Some(instant) = filter.overdue_at {
        query = query.filter(applications::due_at.le(Moment(instant)).assume_not_null());
    }
    if let Some(from) = filter.submitted_from {
        query = query.filter(applications::submitted_at.ge(Moment(from)));
    }
    if let Some(until) = filter.submitted_until {
        query = query.filter(applications::submitted_at.lt(Moment(until)));
    }
    query
}

impl ApplicationRepository for Session {
    fn insert_application(
        &mut self,
        application: &Application,
        entry: &HistoryEntry,
    ) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, application)?;
        let index = identity_index(&self.shared.vault, &application.applicant.identity_number);
        let wanted: Vec<_> = application
            .division_codes
            .iter()
            .zip(0..)
            .map(|(code, position)| DivisionRow {
                application_id: application.id.into(),
                division_code: division_column(*code),
                position,
                identity_number_index: index.clone(),
                open: application.state.name().is_open(),
            })
            .collect();
        diesel::insert_into(applications::table)
            .values(row)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        diesel::insert_into(application_divisions::table)
            .values(wanted)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.attach(application)?;
        self.append_application_history(application.id, application.version, entry)
    }

    fn save_application(
        &mut self,
        application: &Application,
        entry: &HistoryEntry,
    ) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, application)?;
        let written = diesel::update(applications::table)
            .filter(applications::id.eq(row.id))
            .filter(applications::version.eq(row.version))
            .set((
                applications::mobile_sealed.eq(row.mobile_sealed),
                applications::email_sealed.eq(row.email_sealed),
                applications::state.eq(row.state),
                applications::state_reason_sealed.eq(row.state_reason_sealed),
                applications::agent_id.eq(row.agent_id),
                applications::findings.eq(row.findings),
                applications::blocking_findings.eq(row.blocking_findings),
                applications::advisory_findings.eq(row.advisory_findings),
                applications::on_hold_until.eq(row.on_hold_until),
                applications::due_at.eq(row.due_at),
                applications::reminded.eq(row.reminded),
                applications::version.eq(row.version + 1),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "applications")?;
        diesel::update(application_divisions::table)
            .filter(application_divisions::application_id.eq(Key::from(application.id)))
            .set(application_divisions::open.eq(application.state.name().is_open()))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.attach(application)?;
        self.keep_holds(application, entry.at)?;
        self.append_application_history(application.id, application.version + 1, entry)
    }

    fn find_application(
        &mut self,
        scope: ApplicationScope,
        id: ApplicationId,
    ) -> Result<Option<Application>, RepositoryError> {
        let row: Option<ApplicationRow> = applications::table
            .filter(applications::id.eq(Key::from(id)))
            .select(ApplicationRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        let seen = row.filter(|row| scope.contains(row.account_id.into()));
        Ok(self.applications_of(seen.into_iter().collect())?.pop())
    }

    fn list_application_history(
        &mut self,
        application: &Application,
    ) -> Result<Vec<HistoryEntry>, RepositoryError> {
        application_history::table
            .filter(application_history::application_id.eq(Key::from(application.id)))
            .order(application_history::version)
            .select(HistoryRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| to_history_entry(&self.shared.vault, row))
            .collect()
    }

    fn list_applications(
        &mut self,
        scope: ApplicationScope,
        filter: &ApplicationFilter,
        order: ApplicationOrder,
        page: &PageRequest<ApplicationKey>,
    ) -> Result<Page<Application, ApplicationKey>, RepositoryError> {
        let mut query = filtered(filter)
            .limit(page.fetch_limit())
            .select(ApplicationRow::as_select());
        if let ApplicationScope::Own(account_id) = scope {
            query = query.filter(applications::account_id.eq(Key::from(account_id)));
        }
        query = match order {
            ApplicationOrder::Newest => query.order(applications::id.desc()),
            ApplicationOrder::Oldest => query.order(applications::id),
            ApplicationOrder::Findings => query.order((
                applications::blocking_findings.desc(),
                applications::advisory_findings.desc(),
                applications::id,
            )),
        };
        if let Some(after) = page.after {
            let id = Key::from(after.id);
            let (blocking, advisory) = (i32::from(after.blocking), i32::from(after.advisory));
            query = match order {
                ApplicationOrder::Newest => query.filter(applications::id.lt(id)),
                ApplicationOrder::Oldest => query.filter(applications::id.gt(id)),
                ApplicationOrder::Findings => query.filter(
                    applications::blocking_findings
                        .lt(blocking)
                        .or(applications::blocking_findings.eq(blocking).and(
                            applications::advisory_findings
                                .lt(advisory)
                                .or(applications::advisory_findings
                                    .eq(advisory)
                                    .and(applications::id.gt(id))),
                        )),
                ),
            };
        }
        let rows = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let fetched = self.applications_of(rows)?;
        Ok(Page::cut(fetched, page, ApplicationKey::of))
    }

    fn find_open_application_of(
        &mut self,
        identity: &IdentityNumber,
        codes: &[DivisionCode],
    ) -> Result<Option<ApplicationId>, RepositoryError> {
        let index = identity_index(&self.shared.vault, identity);
        let found: Option<Key> = application_divisions::table
            .filter(application_divisions::identity_number_index.eq(index))
            .filter(application_divisions::division_code.eq_any(codes.iter().copied().map(division_column)))
            .filter(application_divisions::open.eq(true))
            .order(application_divisions::application_id)
            .select(application_divisions::application_id)
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        Ok(found.map(ApplicationId::from))
    }

    fn count_waiting(
        &mut self,
        codes: &[DivisionCode],
        through: Option<ApplicationId>,
    ) -> Result<BTreeMap<DivisionCode, u64>, RepositoryError> {
        self.waiting_for(codes, through)
    }

    fn list_holds(&mut self, codes: &[DivisionCode], now: Instant) -> Result<Vec<Hold>, RepositoryError> {
        self.lasting_holds(Some(codes), now)
    }

    fn list_all_holds(&mut self, now: Instant) -> Result<Vec<Hold>, RepositoryError> {
        self.lasting_holds(None, now)
    }

    fn find_lapsed_holds(&mut self, now: Instant, limit: u16) -> Result<Vec<Application>, RepositoryError> {
        let rows = applications::table
            .filter(applications::on_hold_until.le(Moment(now)))
            .order((applications::on_hold_until, applications::id))
            .limit(limit.into())
            .select(ApplicationRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.applications_of(rows)
    }

    fn find_unreminded_applications(
        &mut self,
        until: Instant,
        limit: u16,
    ) -> Result<Vec<Application>, RepositoryError> {
        let rows = applications::table
            .filter(applications::due_at.le(Moment(until)))
            .filter(applications::reminded.eq(false))
            .order((applications::due_at, applications::id))
            .limit(limit.into())
            .select(ApplicationRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.applications_of(rows)
    }

    fn lock_open_applications(
        &mut self,
        spans: &[DivisionSpan],
        limit: u16,
    ) -> Result<Vec<Application>, RepositoryError> {
        let ids = self.lock_waiting(spans, limit)?;
        let rows = applications::table
            .filter(applications::id.eq_any(ids))
            .filter(applications::state.eq_any(OPEN))
            .order(applications::id)
            .select(ApplicationRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.applications_of(rows)
    }
}
