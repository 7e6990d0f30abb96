//! Routing: who answers for a division at an instant.

use crate::{DivisionLevel, DivisionTree, Suspension, Territory};
use kernel::{AgentId, AgentNumber, ContractId, DivisionCode, DivisionSpan, Instant, Period, TerritoryId};
use std::{cmp::Reverse, collections::HashMap};

/// The rule that made a party responsible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoutingRule {
    /// A territory over the township itself.
    Township,
    /// A territory over the county.
    County,
    /// A territory over the city.
    City,
    /// A territory over the province.
    Province,
    /// No territory: headquarters answers.
    Headquarters,
    /// Headquarters keeps this customer for itself.
    ReservedCustomer,
    /// Headquarters named the agent by hand.
    HeadquartersOverride,
}

impl RoutingRule {
    /// Every rule.
    pub const ALL: [Self; 7] = [
        Self::Township,
        Self::County,
        Self::City,
        Self::Province,
        Self::Headquarters,
        Self::ReservedCustomer,
        Self::HeadquartersOverride,
    ];

    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Township => "township",
            Self::County => "county",
            Self::City => "city",
            Self::Province => "province",
            Self::Headquarters => "headquarters",
            Self::ReservedCustomer => "reserved_customer",
            Self::HeadquartersOverride => "headquarters_override",
        }
    }

    /// The rule of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

impl From<DivisionLevel> for RoutingRule {
    fn from(level: DivisionLevel) -> Self {
        match level {
            DivisionLevel::Province => Self::Province,
            DivisionLevel::City => Self::City,
            DivisionLevel::County => Self::County,
            DivisionLevel::Township => Self::Township,
        }
    }
}

/// The party that answers for a division, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Responsible {
    /// The division that was asked for.
    pub division_code: DivisionCode,
    /// Who answers; headquarters where no territory is active.
    pub agent_id: AgentId,
    /// The agent's short number.
    pub agent_number: AgentNumber,
    /// The territory that decided, `None` where none did.
    pub territory_id: Option<TerritoryId>,
    /// The contract that the territory was granted under.
    pub contract_id: Option<ContractId>,
    /// The rule that decided.
    pub rule: RoutingRule,
}

impl Responsible {
    /// Headquarters, by `rule`.
    pub const fn headquarters(division_code: DivisionCode, rule: RoutingRule) -> Self {
        Self {
            division_code,
            agent_id: AgentId::HEADQUARTERS,
            agent_number: AgentNumber::HEADQUARTERS,
            territory_id: None,
            contract_id: None,
            rule,
        }
    }
}

/// Every territory of one version, arranged for routing. Territories that have not begun or have ended are in it too:
/// grants and expiries take effect by the clock alone.
#[derive(Debug)]
pub struct TerritoryMap {
    /// The version of the territories that this map shows; it grows with every grant and every change.
    pub version: i64,
    /// The grants of each division. Their periods never overlap, since one division has one holder at a time.
    grants: HashMap<DivisionCode, Vec<Grant>>,
    /// The suspensions of each agent that was ever suspended.
    suspensions: HashMap<AgentId, Vec<Suspension>>,
}

#[derive(Debug)]
struct Grant {
    validity: Period,
    agent_id: AgentId,
    agent_number: AgentNumber,
    territory_id: TerritoryId,
    contract_id: ContractId,
}

impl TerritoryMap {
    /// Arranges the territories of that version; nobody is suspended.
    pub fn build<'territory>(
        version: i64,
        territories: impl IntoIterator<Item = &'territory Territory>,
    ) -> Self {
        let mut grants: HashMap<_, Vec<_>> = HashMap::new();
        for territory in territories
            .into_iter()
            .filter(|granted| granted.revoked_at.is_none())
        {
            grants.entry(territory.division_code).or_default().push(Grant {
                validity: territory.validity,
                agent_id: territory.agent_id,
                agent_number: territory.agent_number,
                territory_id: territory.id,
                contract_id: territory.contract_id,
            });
        }
        Self {
            version,
            grants,
            suspensions: HashMap::new(),
        }
    }

    /// The same with those suspensions.
    #[must_use]
    pub fn suspending(mut self, suspensions: impl IntoIterator<Item = Suspension>) -> Self {
        for suspension in suspensions {
            let own = self.suspensions.entry(suspension.agent_id).or_default();
            own.push(suspension);
        }
        self
    }

    /// Whether the agent is suspended at `instant`.
    pub fn is_suspended(&self, agent_id: AgentId, instant: Instant) -> bool {
        let mut own = self.suspensions.get(&agent_id).into_iter().flatten();
        own.any(|suspension| suspension.is_in_force(instant))
    }

    /// The number of an agent that holds a territory at `instant`, `None` for one that holds none or is suspended.
    pub fn agent_number(&self, agent_id: AgentId, instant: Instant) -> Option<AgentNumber> {
        if self.is_suspended(agent_id, instant) {
            return None;
        }
        let mut grants = self.grants.values().flatten();
        grants
            .find(|grant| grant.agent_id == agent_id && grant.validity.contains(instant))
            .map(|grant| grant.agent_number)
    }

    /// Whether `lower` works below `upper` at `instant`: one of its active territories lies inside one of the other's, on a
    /// lower level.
    pub fn is_below(&self, tree: &DivisionTree, lower: AgentId, upper: AgentId, instant: Instant) -> bool {
        let holds = |code, agent_id| {
            let mut grants = self.grants.get(&code).into_iter().flatten();
            grants.any(|grant| grant.agent_id == agent_id && grant.validity.contains(instant))
        };
        let mut codes = self.grants.keys();
        codes.any(|&code| {
            holds(code, lower)
                && tree
                    .path(code)
                    .skip(1)
                    .any(|division| holds(division.code, upper))
        })
    }

    /// What an agent's active territories cover at `instant`: runs of codes that have no code in common, in their order.
    pub fn spans(&self, agent_id: AgentId, instant: Instant) -> Vec<DivisionSpan> {
        let holds = |grant: &Grant| grant.agent_id == agent_id && grant.validity.contains(instant);
        let mut spans: Vec<_> = self
            .grants
            .iter()
            .filter(|(_, grants)| grants.iter().any(holds))
            .map(|(code, _)| code.span())
            .collect();
        // The wider of two that begin alike comes first, and hides what lies in it.
        spans.sort_by_key(|span| (span.first, Reverse(span.end)));
        spans.dedup_by(|inner, outer| inner.overlaps(*outer));
        spans
    }

    /// Who answers for the division at `instant`: the holder of the most specific active territory on its path, else
    /// headquarters. A shell code answers for its province; headquarters answers for a code the edition does not have.
    pub fn responsible(&self, tree: &DivisionTree, code: DivisionCode, instant: Instant) -> Responsible {
        let known = tree.resolve(code).map_or(code, |division| division.code);
        tree.path(known)
            .find_map(|division| {
                let grant = self.answering(division.code, instant)?;
                Some(Responsible {
                    division_code: known,
                    agent_id: grant.agent_id,
                    agent_number: grant.agent_number,
                    territory_id: Some(grant.territory_id),
                    contract_id: Some(grant.contract_id),
                    rule: division.level.into(),
                })
            })
            .unwrap_or(Responsible::headquarters(known, RoutingRule::Headquarters))
    }

    /// The divisions that territories were ever granted over, in no order.
    pub fn codes(&self) -> impl Iterator<Item = DivisionCode> {
        self.grants.keys().copied()
    }

    /// The divisions that somebody holds a territory over at `instant`, suspended or not.
    pub fn held(&self, instant: Instant) -> impl Iterator<Item = DivisionCode> {
        let codes = self.grants.keys().copied();
        codes.filter(move |code| self.holding(*code, instant).is_some())
    }

    /// Who holds the division itself at `instant`, suspended or not.
    pub fn holder(&self, code: DivisionCode, instant: Instant) -> Option<AgentId> {
        self.holding(code, instant).map(|grant| grant.agent_id)
    }

    /// Until when the holder of the division at `instant` holds it without a break: a renewal that begins where the old
    /// territory ends is no end. `None` where no territory answers for the division itself.
    pub fn held_until(&self, code: DivisionCode, instant: Instant) -> Option<Instant> {
        let held = self.answering(code, instant)?;
        let grants = self.grants.get(&code)?;
        let mut until = held.validity.until();
        let next = |until| {
            let mut grants = grants.iter();
            grants.find(|next| next.agent_id == held.agent_id && next.validity.from() == until)
        };
        while let Some(renewal) = next(until) {
            until = renewal.validity.until();
        }
        Some(until)
    }

    /// Whether the agent's territory answers at `instant` for the division or for one that it lies in.
    pub fn holds_around(
        &self,
        tree: &DivisionTree,
        agent_id: AgentId,
        code: DivisionCode,
        instant: Instant,
    ) -> bool {
        tree.path(code).any(|division| {
            self.answering(division.code, instant)
                .is_some_and(|grant| grant.agent_id == agent_id)
        })
    }

    fn holding(&self, code: DivisionCode, instant: Instant) -> Option<&Grant> {
        let mut grants = self.grants.get(&code)?.iter();
        grants.find(|grant| grant.validity.contains(instant))
    }

    /// The grant that routing leads to, if it leads to this division.
    fn answering(&self, code: DivisionCode, instant: Instant) -> Option<&Grant> {
        self.holding(code, instant)
            .filter(|grant| !self.is_suspended(grant.agent_id, instant))
    }
}
