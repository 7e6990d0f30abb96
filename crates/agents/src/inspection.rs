//! Inspections of the brand (品牌检查): what headquarters found at an agent's, and what the agent made of it.

pub(crate) mod follow_up;
pub(crate) mod record;
pub(crate) mod repository;

use crate::{Decided, ObligationStatus};
use kernel::{AccountId, AgentId, AttachmentId, BusinessDay, ContractId, InspectionId, Instant, Text};

/// What an inspection found, and what an agent answers.
pub type Findings = Text<2000>;

/// The score from which on an inspection is passed.
pub const PASSING_SCORE: u8 = 60;
/// The best score.
pub const MAXIMUM_SCORE: u8 = 100;
/// The most photos of one inspection.
pub const MAXIMUM_PHOTOS: usize = 9;

/// What has to follow an inspection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowUp {
    /// Nothing.
    None,
    /// The agent has to answer.
    Due {
        /// The last day on which it is in time.
        on: BusinessDay,
    },
    /// The agent has answered, and headquarters looks at it.
    Answered {
        /// The last day on which it was in time.
        on: BusinessDay,
        /// What the agent did.
        answer: Answer,
    },
    /// Headquarters is content.
    Closed {
        /// The last day on which an answer was in time.
        on: BusinessDay,
        /// What the agent did.
        answer: Answer,
        /// When and by whom it was closed.
        closed: Decided,
    },
}

/// What an agent did about what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// In its own words.
    pub text: Findings,
    /// When.
    pub at: Instant,
    /// Who said so.
    pub actor: AccountId,
}

/// One inspection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its id.
    pub id: InspectionId,
    /// The agent that was inspected.
    pub agent_id: AgentId,
    /// Under which of its contracts.
    pub contract_id: ContractId,
    /// On which day.
    pub inspected_on: BusinessDay,
    /// 0 to [`MAXIMUM_SCORE`].
    pub score: u8,
    /// What was found.
    pub findings: Findings,
    /// Photos, in the order in which they were named.
    pub photos: Vec<AttachmentId>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// By whom.
    pub recorded_by: AccountId,
    /// What has to follow.
    pub follow_up: FollowUp,
    /// The version that was loaded, 1 when new. Saving stores the next one.
    pub version: i64,
}

impl FollowUp {
    /// The stable name, also the stored and the JSON form.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Due { .. } => "due",
            Self::Answered { .. } => "answered",
            Self::Closed { .. } => "closed",
        }
    }

    /// The last day on which an answer is in time.
    pub const fn due_on(&self) -> Option<BusinessDay> {
        match self {
            Self::None => None,
            Self::Due { on } | Self::Answered { on, .. } | Self::Closed { on, .. } => Some(*on),
        }
    }

    /// What the agent did.
    pub const fn answer(&self) -> Option<&Answer> {
        match self {
            Self::None | Self::Due { .. } => None,
            Self::Answered { answer, .. } | Self::Closed { answer, .. } => Some(answer),
        }
    }
}

impl Inspection {
    /// Whether its score is enough.
    pub const fn is_passed(&self) -> bool {
        self.score >= PASSING_SCORE
    }

    /// How it stands: below [`PASSING_SCORE`] it is missed whatever follows, and so is an answer that did not come in time.
    pub fn status(&self, today: BusinessDay) -> ObligationStatus {
        match &self.follow_up {
            _ if !self.is_passed() => ObligationStatus::Missed,
            FollowUp::Due { on } if *on < today => ObligationStatus::Missed,
            FollowUp::Due { .. } => ObligationStatus::AtRisk,
            FollowUp::None | FollowUp::Answered { .. } | FollowUp::Closed { .. } => ObligationStatus::Met,
        }
    }
}
