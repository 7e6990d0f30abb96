//! Agents.

use crate::{Applicant, contract::not_one_of};
use kernel::{AgentId, AgentNumber, Instant, Invalid};
use regions::DivisionLevel;

/// The level of a contract, and by it of an agent. Narrower than the levels of divisions: a township is held by an agent
/// of county level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgentLevel {
    /// 省级.
    Province,
    /// 市级.
    City,
    /// 县级.
    County,
}

impl AgentLevel {
    /// Every level, widest first.
    pub const ALL: [Self; 3] = [Self::Province, Self::City, Self::County];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
        }
    }

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Whether a territory of that division may pass to a contract of this level: its own, or a narrower one that was split
    /// off.
    pub fn may_receive(self, division: DivisionLevel) -> bool {
        let own = match self {
            Self::Province => DivisionLevel::Province,
            Self::City => DivisionLevel::City,
            Self::County => DivisionLevel::County,
        };
        own <= division
    }

    /// Whether an agent of this level may hold a division of that one: its own, and for a county agent townships.
    pub const fn may_hold(self, division: DivisionLevel) -> bool {
        matches!(
            (self, division),
            (Self::Province, DivisionLevel::Province)
                | (Self::City, DivisionLevel::City)
                | (Self::County, DivisionLevel::County | DivisionLevel::Township)
        )
    }
}

/// Takes a level by its name.
pub fn parse_level(name: &str) -> Result<AgentLevel, Invalid> {
    AgentLevel::from_name(name).ok_or_else(|| not_one_of("province, city, county"))
}

/// A holder of territories, or headquarters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its short number.
    pub number: AgentNumber,
    /// Who it is, as its latest approved application says; `None` for headquarters only.
    pub holder: Option<Applicant>,
    /// The version that was loaded, 1 when new. Saving stores the next one.
    pub version: i64,
    /// When it became an agent.
    pub created_at: Instant,
}

impl Agent {
    /// What it is called where everyone may read: a company's name, a person's name masked, 总部.
    pub fn public_name(&self) -> String {
        match &self.holder {
            None => "总部".to_owned(),
            Some(Applicant {
                company: Some(company),
                ..
            }) => company.name.as_str().to_owned(),
            Some(Applicant { name, .. }) => name.masked(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_county_agent_may_hold_townships_and_nobody_another_level() {
        for level in AgentLevel::ALL {
            assert_eq!(AgentLevel::from_name(level.name()), Some(level));
            for division in DivisionLevel::ALL {
                let expected = level.name() == division.name()
                    || (level == AgentLevel::County && division == DivisionLevel::Township);
                assert_eq!(level.may_hold(division), expected, "{level:?} {division:?}");
                let order = |name| DivisionLevel::ALL.iter().position(|level| level.name() == name);
                let receives = order(level.name()) <= order(division.name());
                assert_eq!(level.may_receive(division), receives, "{level:?} {division:?}");
            }
        }
        assert_eq!(AgentLevel::from_name("township"), None);
    }
}
