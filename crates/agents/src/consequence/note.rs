//! Noting what follows: what the clock alone does to obligations.

use super::{Consequence, ObligationKind, Step, repository::ConsequenceRepository};
use crate::{
    Contract, ObligationSession, ObligationStatus,
    life::contracts::list_contracts_in_force,
    obligation::{begun_periods, covered_days, quota::measure_quota, read::due_reports},
};
use events::{Event, Fact, OutboxRepository};
use kernel::{
    BusinessDay, ConsequenceId, EventId, IdSource, Instant, PageRequest, ReachedAgent, RepositoryError,
};

/// For so many days after it was missed an obligation still has its consequence; a server that was off for longer, or came
/// later, does not bring up what is long past.
pub const LOOK_BACK_DAYS: u64 = 31;
/// How many periods of a quota or of the reports are looked at: more than have ended within [`LOOK_BACK_DAYS`] and a grace.
const PERIODS_LOOKED_AT: usize = 6;
/// How many inspections are looked at.
const INSPECTIONS_LOOKED_AT: u16 = 20;

/// How one obligation stands.
struct Standing {
    obligation: ObligationKind,
    subject: String,
    status: ObligationStatus,
    /// The day from which on it counts as missed.
    missed_on: BusinessDay,
}

/// Notes what follows from an agent's obligations today, each once, and answers how many that were. Reports are reminded of
/// from the end of their period on, quotas where they are at risk.
pub fn note_consequences(
    session: &mut (impl ObligationSession + ConsequenceRepository + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    agent: ReachedAgent,
) -> Result<usize, RepositoryError> {
    let today = BusinessDay::of(now);
    let mut noted = 0;
    for contract in list_contracts_in_force(session, agent)? {
        let covered = covered_days(contract.terms.validity);
        let grace = u64::from(contract.terms.grace_days);
        if today < covered.first || covered.last.plus_days(grace + LOOK_BACK_DAYS) < today {
            continue;
        }
        let mut standings = standings(session, agent, &contract, today)?;
        standings.sort_by_key(|standing| standing.missed_on);
        let mut known = session.list_contract_consequences(agent.id(), contract.id)?;
        for standing in standings {
            let missed = standing.status == ObligationStatus::Missed;
            let recent = today <= standing.missed_on.plus_days(LOOK_BACK_DAYS);
            let is_known = known.iter().any(|known| {
                known.obligation == standing.obligation
                    && known.subject == standing.subject
                    && (known.step == Step::Reminder) != missed
            });
            if is_known || (missed && !recent) {
                continue;
            }
            let before = known.iter().filter(|known| known.counts(now)).count();
            let consequence = Consequence {
                id: ConsequenceId::from_uuid(ids.next_uuid(now)),
                agent_id: contract.agent_id,
                contract_id: contract.id,
                obligation: standing.obligation,
                subject: standing.subject,
                step: if missed {
                    Step::after(before)
                } else {
                    Step::Reminder
                },
                at: now,
                decision: None,
            };
            session.insert_consequence(&consequence)?;
            tell(session, ids, now, &consequence)?;
            known.push(consequence);
            noted += 1;
        }
    }
    Ok(noted)
}

/// The obligations of a contract that are at risk or missed.
fn standings(
    session: &mut (impl ObligationSession + ?Sized),
    agent: ReachedAgent,
    contract: &Contract,
    today: BusinessDay,
) -> Result<Vec<Standing>, RepositoryError> {
    let terms = &contract.terms;
    let mut found = Vec::new();
    if let Some(quota) = terms.quota {
        let periods: Vec<_> = begun_periods(terms.validity, quota.period, today)
            .take(PERIODS_LOOKED_AT)
            .collect();
        for progress in measure_quota(session, contract, &periods, today)? {
            found.push(Standing {
                obligation: ObligationKind::Quota,
                subject: progress.period.calendar.first.to_string(),
                status: progress.status,
                missed_on: progress.period.due_on(terms.grace_days).plus_days(1),
            });
        }
    }
    for due in due_reports(session, agent, contract, today, None, PERIODS_LOOKED_AT)? {
        found.push(Standing {
            obligation: ObligationKind::MarketReport,
            subject: due.period.calendar.first.to_string(),
            status: due.status,
            missed_on: due.due_on.plus_days(1),
        });
    }
    let page = PageRequest {
        limit: INSPECTIONS_LOOKED_AT,
        after: None,
    };
    for inspection in session.list_inspections(agent, Some(contract.id), &page)?.items {
        let failed = BusinessDay::of(inspection.recorded_at);
        let late = inspection.follow_up.due_on().map(|on| on.plus_days(1));
        found.push(Standing {
            obligation: ObligationKind::Inspection,
            subject: inspection.id.to_string(),
            status: inspection.status(today),
            missed_on: if inspection.is_passed() {
                late.unwrap_or(failed)
            } else {
                failed
            },
        });
    }
    found.retain(|standing| {
        matches!(
            standing.status,
            ObligationStatus::AtRisk | ObligationStatus::Missed
        )
    });
    Ok(found)
}

fn tell(
    session: &mut (impl OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    consequence: &Consequence,
) -> Result<(), RepositoryError> {
    let (agent_id, contract_id) = (consequence.agent_id, consequence.contract_id);
    let consequence_id = consequence.id;
    let fact = if consequence.step == Step::Reminder {
        Fact::ObligationAtRisk {
            agent_id,
            contract_id,
            consequence_id,
        }
    } else {
        Fact::ObligationMissed {
            agent_id,
            contract_id,
            consequence_id,
        }
    };
    session.insert_events(&[Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id,
        aggregate_id: consequence_id.as_uuid(),
        aggregate_version: 1,
        occurred_at: now,
        fact,
    }])
}
