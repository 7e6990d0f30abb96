//! Applications: what they say, the states they pass through, and their history.

pub(crate) mod approve;
pub(crate) mod attach;
pub(crate) mod availability;
pub(crate) mod deadline;
pub(crate) mod finding;
pub(crate) mod form;
pub(crate) mod hold;
pub(crate) mod read;
pub(crate) mod repository;
pub(crate) mod review;
pub(crate) mod rivals;
pub(crate) mod submit;
pub(crate) mod supplement;

use self::deadline::Deadline;
use self::repository::{ApplicationRepository, ApplicationScope};
use crate::{AgentLevel, Applicant, Finding};
use identity::PrivacyPolicyVersion;
use kernel::{AccountId, AgentId, ApplicationId, AttachmentId, DivisionCode, Instant, Text};
use thiserror::Error;

/// Why somebody did something, or what somebody asked.
pub type Reason = Text<500>;

/// The states, without what belongs to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateName {
    /// Waits for an operator.
    Submitted,
    /// An operator has opened the review.
    Reviewing,
    /// Waits for the applicant.
    SupplementRequired,
    /// An agent was made of it.
    Approved,
    /// Headquarters said no.
    Rejected,
    /// The applicant took it back.
    Withdrawn,
}

impl StateName {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Submitted,
        Self::Reviewing,
        Self::SupplementRequired,
        Self::Approved,
        Self::Rejected,
        Self::Withdrawn,
    ];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Reviewing => "reviewing",
            Self::SupplementRequired => "supplement_required",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether it still waits for somebody.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Reviewing | Self::SupplementRequired)
    }
}

/// A state with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApplicationState {
    /// Waits for an operator.
    Submitted,
    /// An operator has opened the review.
    Reviewing,
    /// Waits for the applicant.
    SupplementRequired {
        /// What the operator asked for.
        request: Reason,
    },
    /// An agent was made of it.
    Approved {
        /// The agent.
        agent_id: AgentId,
    },
    /// Headquarters said no.
    Rejected {
        /// Why.
        reason: Reason,
    },
    /// The applicant took it back.
    Withdrawn,
}

impl ApplicationState {
    /// The bare state.
    pub const fn name(&self) -> StateName {
        match self {
            Self::Submitted => StateName::Submitted,
            Self::Reviewing => StateName::Reviewing,
            Self::SupplementRequired { .. } => StateName::SupplementRequired,
            Self::Approved { .. } => StateName::Approved,
            Self::Rejected { .. } => StateName::Rejected,
            Self::Withdrawn => StateName::Withdrawn,
        }
    }

    /// The next state, where there is a way to it. The whole machine is this table.
    fn advance(self, next: Self) -> Result<Self, TransitionError> {
        use StateName::{Approved, Rejected, Reviewing, Submitted, SupplementRequired, Withdrawn};
        match (self.name(), next.name()) {
            (Submitted, Reviewing | SupplementRequired | Approved | Rejected | Withdrawn)
            | (Reviewing, SupplementRequired | Approved | Rejected | Withdrawn)
            | (SupplementRequired, Submitted | Withdrawn) => Ok(next),
            (from, to) => Err(TransitionError { from, to }),
        }
    }
}

/// There is no way from the one state to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an application that is {} cannot become {}", from.name(), to.name())]
pub struct TransitionError {
    /// The state it is in.
    pub from: StateName,
    /// The state it was to be brought into.
    pub to: StateName,
}

/// A request to become the agent of divisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// The account that submitted it.
    pub account_id: AccountId,
    /// Who applies.
    pub applicant: Applicant,
    /// The level wanted.
    pub level: AgentLevel,
    /// The divisions wanted, 1 to [`crate::MAXIMUM_DIVISIONS`], each once.
    pub division_codes: Vec<DivisionCode>,
    /// The privacy policy that was agreed to.
    pub privacy_policy_version: PrivacyPolicyVersion,
    /// Pictures of licences and the like that its account uploaded, at most [`crate::MAXIMUM_ATTACHMENTS`].
    pub attachments: Vec<AttachmentId>,
    /// Where it stands.
    pub state: ApplicationState,
    /// What the review noticed when the application last changed.
    pub findings: Vec<Finding>,
    /// When it was submitted.
    pub submitted_at: Instant,
    /// Until when its divisions are on hold for it, if headquarters put them so. A hold ends by the clock alone, so this
    /// may lie in the past: ask [`Self::held_until`].
    pub on_hold_until: Option<Instant>,
    /// By when whoever it waits for has to act, `None` once it waits for nobody.
    pub deadline: Option<Deadline>,
    /// The version that was loaded, 1 when new. Saving stores the next one.
    pub version: i64,
}

impl Application {
    /// Until when its divisions are on hold for it at `now`, `None` where they are not.
    pub fn held_until(&self, now: Instant) -> Option<Instant> {
        self.on_hold_until.filter(|until| now < *until)
    }

    /// The same application in another state, with the line of history that tells of it.
    pub(crate) fn advance(
        self,
        next: ApplicationState,
        act: Act,
    ) -> Result<(Self, HistoryEntry), TransitionError> {
        let from = self.state.name();
        let state = self.state.advance(next)?;
        let entry = act.entry(Some(from), state.name());
        // Nothing is kept for an application that waits no longer.
        let on_hold_until = self.on_hold_until.filter(|_| state.name().is_open());
        let deadline = self.deadline.filter(|_| state.name().is_open());
        let advanced = Self {
            state,
            on_hold_until,
            deadline,
            ..self
        };
        Ok((advanced, entry))
    }

    /// The same application in the same state, with the line of history that tells what else changed.
    pub(crate) fn remain(self, act: Act) -> (Self, HistoryEntry) {
        let state = self.state.name();
        (self, act.entry(Some(state), state))
    }
}

/// What somebody did to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApplicationAction {
    /// Submitted it.
    Submit,
    /// Opened its review.
    OpenReview,
    /// Asked for a supplement.
    RequestSupplement,
    /// Answered that.
    Supplement,
    /// Took it back.
    Withdraw,
    /// Approved it.
    Approve,
    /// Rejected it.
    Reject,
    /// Put its divisions on hold for it.
    Hold,
    /// Ended that hold before its time.
    Release,
    /// Nobody did anything to it: its hold is over.
    Lapse,
    /// Nobody did anything to it: whoever it waits for was reminded.
    Remind,
    /// Nobody did anything to it: what happened elsewhere changed its findings.
    ReviewAgain,
}

impl ApplicationAction {
    /// Every action.
    pub const ALL: [Self; 12] = [
        Self::Submit,
        Self::OpenReview,
        Self::RequestSupplement,
        Self::Supplement,
        Self::Withdraw,
        Self::Approve,
        Self::Reject,
        Self::Hold,
        Self::Release,
        Self::Lapse,
        Self::Remind,
        Self::ReviewAgain,
    ];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::OpenReview => "open_review",
            Self::RequestSupplement => "request_supplement",
            Self::Supplement => "supplement",
            Self::Withdraw => "withdraw",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Lapse => "lapse",
            Self::Remind => "remind",
            Self::ReviewAgain => "review_again",
        }
    }

    /// The action of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// Who does what, when and why.
pub(crate) struct Act {
    pub at: Instant,
    /// Nobody where it follows from the clock, or from what happened to another application.
    pub actor: Option<AccountId>,
    pub action: ApplicationAction,
    pub held_until: Option<Instant>,
    pub reason: Option<Reason>,
}

impl Act {
    pub(crate) const fn new(at: Instant, actor: AccountId, action: ApplicationAction) -> Self {
        Self {
            at,
            actor: Some(actor),
            action,
            held_until: None,
            reason: None,
        }
    }

    pub(crate) const fn of_nobody(at: Instant, action: ApplicationAction) -> Self {
        Self {
            at,
            actor: None,
            action,
            held_until: None,
            reason: None,
        }
    }

    /// The line of history that tells of it.
    pub(crate) fn entry(self, from: Option<StateName>, to: StateName) -> HistoryEntry {
        let Self {
            at,
            actor,
            action,
            held_until,
            reason,
        } = self;
        HistoryEntry {
            at,
            actor,
            action,
            from,
            to,
            held_until,
            reason,
        }
    }
}

/// One line of an application's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When.
    pub at: Instant,
    /// The account that did it, `None` where it followed from the clock, or from what happened to another application:
    /// whose that is, is not told here.
    pub actor: Option<AccountId>,
    /// What it did.
    pub action: ApplicationAction,
    /// The state before, `None` for the submission.
    pub from: Option<StateName>,
    /// The state after.
    pub to: StateName,
    /// Until when its divisions were put on hold for it.
    pub held_until: Option<Instant>,
    /// Why, what was asked for, or what was answered; over which findings it was approved.
    pub reason: Option<Reason>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(name: StateName) -> ApplicationState {
        let reason = Reason::parse("缺营业执照").unwrap();
        match name {
            StateName::Submitted => ApplicationState::Submitted,
            StateName::Reviewing => ApplicationState::Reviewing,
            StateName::SupplementRequired => ApplicationState::SupplementRequired { request: reason },
            StateName::Approved => ApplicationState::Approved {
                agent_id: AgentId::HEADQUARTERS,
            },
            StateName::Rejected => ApplicationState::Rejected { reason },
            StateName::Withdrawn => ApplicationState::Withdrawn,
        }
    }

    #[test]
    fn only_the_ways_of_the_rules_lead_from_state_to_state() {
        use StateName::{Approved, Rejected, Reviewing, Submitted, SupplementRequired, Withdrawn};
        let ways = [
            (Submitted, Reviewing),
            (Submitted, SupplementRequired),
            (Submitted, Approved),
            (Submitted, Rejected),
            (Submitted, Withdrawn),
            (Reviewing, SupplementRequired),
            (Reviewing, Approved),
            (Reviewing, Rejected),
            (Reviewing, Withdrawn),
            (SupplementRequired, Submitted),
            (SupplementRequired, Withdrawn),
        ];
        for from in StateName::ALL {
            for to in StateName::ALL {
                let expected = if ways.contains(&(from, to)) {
                    Ok(state(to))
                } else {
                    Err(TransitionError { from, to })
                };
                assert_eq!(state(from).advance(state(to)), expected);
            }
        }
    }

    #[test]
    fn a_decided_application_is_never_decided_again_and_the_error_names_both_states() {
        let error = state(StateName::Approved)
            .advance(state(StateName::Rejected))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "an application that is approved cannot become rejected"
        );
        for name in StateName::ALL {
            assert_eq!(StateName::from_name(name.name()), Some(name));
            let leads_on = StateName::ALL
                .iter()
                .any(|to| state(name).advance(state(*to)).is_ok());
            assert_eq!(leads_on, name.is_open());
        }
        for action in ApplicationAction::ALL {
            assert_eq!(ApplicationAction::from_name(action.name()), Some(action));
        }
    }
}
