//! Contracts. A tenant table: every statement names the agents.

use super::{
    BATCH_ROWS,
    schema::contracts,
    session::Session,
    values::{Key, Moment, corrupt},
};
use ::agents::{AgentLevel, Contract, ContractTerms, Quota, QuotaMeasure, QuotaPeriod};
use diesel::prelude::*;
use kernel::{AgentId, ContractId, Money, Period, Rate, ReachedAgent, RepositoryError};
use regions::Exclusivity;
use std::collections::BTreeMap;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = contracts, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct ContractRow {
    agent_id: Key,
    id: Key,
    renews_id: Option<Key>,
    application_id: Key,
    level: String,
    exclusivity: String,
    share_rate_bp: i32,
    override_rate_bp: i32,
    quota_period: Option<String>,
    quota_measure: Option<String>,
    quota_target: Option<i64>,
    quota_yearly_growth_bp: Option<i32>,
    deposit_fen: i64,
    support_budget_fen: i64,
    report_period: Option<String>,
    renewal_window_days: i32,
    grace_days: i32,
    valid_from: Moment,
    valid_until: Moment,
    version: i64,
    signed_at: Moment,
}

fn to_row(contract: &Contract) -> ContractRow {
    let ContractTerms {
        exclusivity,
        share_rate,
        override_rate,
        quota,
        deposit,
        support_budget,
        report_period,
        renewal_window_days,
        grace_days,
        validity,
    } = contract.terms;
    ContractRow {
        agent_id: contract.agent_id.into(),
        id: contract.id.into(),
        renews_id: contract.renews.map(Key::from),
        application_id: contract.application_id.into(),
        level: contract.level.name().to_owned(),
        exclusivity: exclusivity.name().to_owned(),
        share_rate_bp: share_rate.basis_points().into(),
        override_rate_bp: override_rate.basis_points().into(),
        quota_period: quota.map(|quota| quota.period.name().to_owned()),
        quota_measure: quota.map(|quota| quota.measure.name().to_owned()),
        quota_target: quota.map(|quota| quota.target),
        quota_yearly_growth_bp: quota.map(|quota| quota.yearly_growth.basis_points().into()),
        deposit_fen: deposit.fen(),
        support_budget_fen: support_budget.fen(),
        report_period: report_period.map(|period| period.name().to_owned()),
        renewal_window_days: renewal_window_days.into(),
        grace_days: grace_days.into(),
        valid_from: validity.from().into(),
        valid_until: validity.until().into(),
        version: contract.version,
        signed_at: contract.signed_at.into(),
    }
}

fn rate(basis_points: i32) -> Option<Rate> {
    Rate::from_basis_points(u16::try_from(basis_points).ok()?)
}

#[expect(clippy::option_option, reason = "no quota is not an unusable one")]
/// `None` where one part of the quota does not fit the others.
fn quota(row: &ContractRow) -> Option<Option<Quota>> {
    match (
        &row.quota_period,
        &row.quota_measure,
        row.quota_target,
        row.quota_yearly_growth_bp,
    ) {
        (None, None, None, None) => Some(None),
        (Some(period), Some(measure), Some(target), Some(growth)) => Some(Some(Quota {
            period: QuotaPeriod::from_name(period)?,
            measure: QuotaMeasure::from_name(measure)?,
            target,
            yearly_growth: rate(growth)?,
        })),
        _ => None,
    }
}

fn to_contract(row: &ContractRow) -> Result<Contract, RepositoryError> {
    let unusable = |column, reason: &'static str| corrupt("contracts", column, row.id, reason);
    Ok(Contract {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        renews: row.renews_id.map(Into::into),
        application_id: row.application_id.into(),
        level: AgentLevel::from_name(&row.level).ok_or_else(|| unusable("level", "unknown"))?,
        terms: ContractTerms {
            exclusivity: Exclusivity::from_name(&row.exclusivity)
                .ok_or_else(|| unusable("exclusivity", "unknown"))?,
            share_rate: rate(row.share_rate_bp).ok_or_else(|| unusable("share_rate_bp", "out of range"))?,
            override_rate: rate(row.override_rate_bp)
                .ok_or_else(|| unusable("override_rate_bp", "out of range"))?,
            quota: quota(row).ok_or_else(|| unusable("quota_period", "not whole"))?,
            deposit: Money::from_fen(row.deposit_fen),
            support_budget: Money::from_fen(row.support_budget_fen),
            report_period: row
                .report_period
                .as_deref()
                .map(|name| QuotaPeriod::from_name(name).ok_or_else(|| unusable("report_period", "unknown")))
                .transpose()?,
            renewal_window_days: u16::try_from(row.renewal_window_days)
                .map_err(|_| unusable("renewal_window_days", "out of range"))?,
            grace_days: u16::try_from(row.grace_days).map_err(|_| unusable("grace_days", "out of range"))?,
            validity: Period::new(row.valid_from.0, row.valid_until.0)
                .ok_or_else(|| unusable("valid_until", "not after valid_from"))?,
        },
        version: row.version,
        signed_at: row.signed_at.0,
    })
}

impl Session {
    pub(super) fn append_contracts(&mut self, added: &[Contract]) -> Result<(), RepositoryError> {
        for batch in added.chunks(BATCH_ROWS) {
            let rows: Vec<_> = batch.iter().map(to_row).collect();
            diesel::insert_into(contracts::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    pub(super) fn contracts_of_ids(
        &mut self,
        ids: &[(AgentId, ContractId)],
    ) -> Result<BTreeMap<ContractId, Contract>, RepositoryError> {
        let rows = contracts::table
            .filter(contracts::agent_id.eq_any(ids.iter().map(|(agent_id, _)| Key::from(*agent_id))))
            .filter(contracts::id.eq_any(ids.iter().map(|(_, id)| Key::from(*id))))
            .select(ContractRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        rows.iter()
            // The statement asks for every pairing of the agents and the ids.
            .filter(|row| ids.contains(&(row.agent_id.into(), row.id.into())))
            .map(|row| Ok((row.id.into(), to_contract(row)?)))
            .collect()
    }

    pub(super) fn contracts_of_agents(
        &mut self,
        agents: &[ReachedAgent],
    ) -> Result<Vec<Contract>, RepositoryError> {
        contracts::table
            .filter(contracts::agent_id.eq_any(agents.iter().map(|agent| Key::from(agent.id()))))
            .order((contracts::agent_id, contracts::id))
            .select(ContractRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(to_contract)
            .collect()
    }
}
