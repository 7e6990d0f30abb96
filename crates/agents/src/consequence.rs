//! What follows from obligations that come near or are missed: reminders, warnings, notices, and what is proposed to
//! headquarters. Each is noted once, by the clock; nothing here ends a contract.

pub(crate) mod decide;
pub(crate) mod note;
pub(crate) mod repository;

use crate::{Decided, Reason};
use chrono::TimeDelta;
use kernel::{AgentId, ConsequenceId, ContractId, Instant};

/// Within so long, what was missed before counts for what follows next.
pub const COUNTED_PERIOD: TimeDelta = TimeDelta::days(365);

/// What was to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObligationKind {
    /// A quota, in one period.
    Quota,
    /// A market report, about one period.
    MarketReport,
    /// One inspection.
    Inspection,
}

impl ObligationKind {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Quota, Self::MarketReport, Self::Inspection];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quota => "quota",
            Self::MarketReport => "market_report",
            Self::Inspection => "inspection",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Time is running out: nothing is missed yet.
    Reminder,
    /// The agent is warned.
    Warning,
    /// The agent is put on notice.
    Notice,
    /// A lower level is proposed to headquarters.
    DemotionProposed,
    /// The end of the contract is proposed to headquarters.
    TerminationProposed,
}

impl Step {
    /// Every one, the mildest first.
    pub const ALL: [Self; 5] = [
        Self::Reminder,
        Self::Warning,
        Self::Notice,
        Self::DemotionProposed,
        Self::TerminationProposed,
    ];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Warning => "warning",
            Self::Notice => "notice",
            Self::DemotionProposed => "demotion_proposed",
            Self::TerminationProposed => "termination_proposed",
        }
    }

    /// The step of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// Whether headquarters has to decide.
    pub const fn is_proposal(self) -> bool {
        matches!(self, Self::DemotionProposed | Self::TerminationProposed)
    }

    /// The policy: what follows when so many were missed before, within [`COUNTED_PERIOD`].
    pub const fn after(missed_before: usize) -> Self {
        match missed_before {
            0 => Self::Warning,
            1 => Self::Notice,
            2 => Self::DemotionProposed,
            _ => Self::TerminationProposed,
        }
    }
}

/// What followed from one obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// Its id.
    pub id: ConsequenceId,
    /// The agent.
    pub agent_id: AgentId,
    /// The contract.
    pub contract_id: ContractId,
    /// What was to be done.
    pub obligation: ObligationKind,
    /// Which one: the first day of the period, or the id of the inspection.
    pub subject: String,
    /// What follows.
    pub step: Step,
    /// When it was noted.
    pub at: Instant,
    /// What headquarters made of a proposal, once it has decided.
    pub decision: Option<ConsequenceDecision>,
}

impl Consequence {
    /// Whether it counts, at that moment, for what follows from the next that is missed: a proposal that was dismissed does
    /// not.
    pub fn counts(&self, now: Instant) -> bool {
        let dismissed = self.decision.as_ref().is_some_and(|decision| !decision.confirmed);
        self.step != Step::Reminder && !dismissed && now - COUNTED_PERIOD < self.at
    }
}

/// What headquarters made of a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsequenceDecision {
    /// Whether it is to happen.
    pub confirmed: bool,
    /// Why.
    pub reason: Reason,
    /// When and by whom.
    pub decided: Decided,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_further_one_that_is_missed_has_a_harder_step() {
        let steps: Vec<_> = (0..6).map(|missed| Step::after(missed).name()).collect();
        assert_eq!(
            steps,
            [
                "warning",
                "notice",
                "demotion_proposed",
                "termination_proposed",
                "termination_proposed",
                "termination_proposed"
            ]
        );
    }

    #[test]
    fn names_come_back() {
        for step in Step::ALL {
            assert_eq!(Step::from_name(step.name()), Some(step));
        }
        for kind in ObligationKind::ALL {
            assert_eq!(ObligationKind::from_name(kind.name()), Some(kind));
        }
    }
}
