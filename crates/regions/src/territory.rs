//! A division granted to an agent for a period.

use crate::{Claim, DivisionLevel, HolderConsent};
use kernel::{AgentId, AgentNumber, ContractId, DivisionCode, Instant, Period, TerritoryId};

/// Who else may be appointed inside a territory while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exclusivity {
    /// Nobody, on any level.
    Exclusive,
    /// Agents of lower levels; on the same division there is still only one.
    SharedBelow,
}

impl Exclusivity {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Exclusive, Self::SharedBelow];

    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exclusive => "exclusive",
            Self::SharedBelow => "shared_below",
        }
    }

    /// The exclusivity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|exclusivity| exclusivity.name() == name)
    }
}

/// A division granted to an agent for a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Territory {
    /// Its own id.
    pub id: TerritoryId,
    /// Who holds it.
    pub agent_id: AgentId,
    /// The holder's short number, which orders routed here carry in their ids.
    pub agent_number: AgentNumber,
    /// The contract that it was granted under.
    pub contract_id: ContractId,
    /// The division.
    pub division_code: DivisionCode,
    /// The division's level in the edition that it was granted in. The contract's level may be another: an agent of
    /// county level may hold townships.
    pub level: DivisionLevel,
    /// Who else may be appointed inside.
    pub exclusivity: Exclusivity,
    /// From the grant up to, and not including, its end.
    pub validity: Period,
    /// Where its holder lets others in.
    pub consents: Vec<HolderConsent>,
    /// When it was taken back before it began; it claims nothing then.
    pub revoked_at: Option<Instant>,
    /// The version that was loaded, 1 when new. Saving stores the next one.
    pub version: i64,
    /// When it was granted.
    pub granted_at: Instant,
}

impl Territory {
    /// What this territory keeps others from: its own level, and where it is exclusive every level below, but for what
    /// its holder consented to. Nothing once it is revoked.
    pub fn claims(&self) -> Vec<Claim> {
        if self.revoked_at.is_some() {
            return Vec::new();
        }
        let whole = Claim::of(self.division_code, self.level, self.exclusivity, self.validity);
        self.consents.iter().fold(whole, |claims, consent| {
            claims
                .into_iter()
                .flat_map(|claim| claim.without(consent))
                .collect()
        })
    }

    /// The same with its end at `at`: earlier than agreed, or revoked where it would not have begun by then. Unchanged
    /// where it ends before.
    #[must_use]
    pub fn ending(self, at: Instant, now: Instant) -> Self {
        if self.validity.until() <= at {
            return self;
        }
        match Period::new(self.validity.from(), at) {
            Some(validity) => Self { validity, ..self },
            None => Self {
                revoked_at: Some(now),
                ..self
            },
        }
    }

    /// Whether routing leads here at `instant`.
    pub fn is_active_at(&self, instant: Instant) -> bool {
        self.revoked_at.is_none() && self.validity.contains(instant)
    }

    /// Whether the two could not both be granted.
    pub fn conflicts_with(&self, claims: &[Claim]) -> bool {
        self.claims()
            .iter()
            .any(|own| claims.iter().any(|claim| own.conflicts_with(claim)))
    }
}
