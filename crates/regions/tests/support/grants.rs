//! Random grants over a thick sample of the edition.

use kernel::{AgentId, AgentNumber, ContractId, DivisionCode, Instant, Period, TerritoryId};
use proptest::prelude::*;
use regions::{Division, DivisionTree, Exclusivity, HolderConsent, Suspension, Territory};
use std::sync::LazyLock;
use uuid::Uuid;

/// A thick sample with every uneven place: whole subtrees where grants meet, and all provinces.
pub static POOL: LazyLock<Vec<&Division>> = LazyLock::new(|| {
    let tree = DivisionTree::embedded();
    let roots: Vec<DivisionCode> = [
        "330100", "441900", "429004", "659001", "110100", "710000", "460000",
    ]
    .iter()
    .map(|code| tree.resolve(code.parse().unwrap()).unwrap().code)
    .collect();
    let inside = |division: &&Division| {
        let related =
            |root: &DivisionCode| root.span().contains(division.code) || division.code.span().contains(*root);
        division.parent_code.is_none() || roots.iter().any(related)
    };
    tree.divisions().iter().filter(inside).collect()
});

/// The grants begin on one of so many days.
pub const DAYS: i64 = 400;

/// That day after the first.
pub fn day(day: i64) -> Instant {
    Instant::from_timestamp(1_790_000_000 + day * 86_400, 0).unwrap()
}

/// The grant of the agent after that number.
pub fn grant(number: u16, division: &Division, exclusive: bool, from: i64, days: i64) -> Territory {
    let id = Uuid::from_u128(u128::from(number) + 1);
    Territory {
        id: TerritoryId::from_uuid(id),
        agent_id: AgentId::from_uuid(id),
        agent_number: AgentNumber::new(number + 1),
        contract_id: ContractId::from_uuid(id),
        division_code: division.code,
        level: division.level,
        exclusivity: if exclusive {
            Exclusivity::Exclusive
        } else {
            Exclusivity::SharedBelow
        },
        validity: Period::new(day(from), day(from + days)).unwrap(),
        consents: Vec::new(),
        revoked_at: None,
        version: 1,
        granted_at: day(0),
    }
}

/// What has happened to territories and their holders.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The territories, as they are in the end.
    pub territories: Vec<Territory>,
    /// The suspensions of their holders.
    pub suspensions: Vec<Suspension>,
}

impl History {
    /// Takes the territory in the place of the one with its id, or as a new one, where no claim forbids it.
    fn take(&mut self, changed: Territory) {
        let mut others = self.territories.iter().filter(|held| held.id != changed.id);
        if !others.any(|held| held.conflicts_with(&changed.claims())) {
            self.territories.retain(|held| held.id != changed.id);
            self.territories.push(changed);
        }
    }

    /// The holder lets others in over a division below its own.
    fn consent(&mut self, number: u16, chosen: usize, division: &Division, from: i64, days: i64) {
        let Some(holder) = self.territories.get(chosen % self.territories.len().max(1)) else {
            return;
        };
        if division.level > holder.level && holder.division_code.span().contains(division.code) {
            let mut changed = holder.clone();
            changed.consents.push(HolderConsent {
                id: kernel::HolderConsentId::from_uuid(Uuid::from_u128(number.into())),
                division_code: division.code,
                level: division.level,
                validity: Period::new(day(from), day(from + days)).unwrap(),
                given_at: day(0),
            });
            self.take(changed);
        }
    }
}

prop_compose! {
    /// Random grants, consents, earlier ends and suspensions, of which each happens that the claims allow.
    pub fn histories()(
        wanted in prop::collection::vec(
            (0_u8..8, any::<prop::sample::Index>(), any::<usize>(), any::<bool>(), 0..DAYS, 1..DAYS), 0..160,
        )
    ) -> History {
        let mut history = History::default();
        for (number, (kind, index, chosen, exclusive, from, days)) in wanted.into_iter().enumerate() {
            let division = POOL[index.index(POOL.len())];
            let number = u16::try_from(number).unwrap();
            let holders = history.territories.len();
            match kind {
                0 if holders > 0 => {
                    let ended = history.territories[chosen % holders].clone();
                    history.take(ended.ending(day(from), day(0)));
                }
                1 if holders > 0 => history.suspensions.push(Suspension {
                    agent_id: history.territories[chosen % holders].agent_id,
                    from: day(from),
                    until: exclusive.then(|| day(from + days)),
                }),
                2 | 3 => history.consent(number, chosen, division, from, days),
                _ => history.take(grant(number, division, exclusive, from, days)),
            }
        }
        history
    }
}

prop_compose! {
    /// Random grants of which each is kept that conflicts with none kept before.
    pub fn accepted_grants()(
        wanted in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<bool>(), 0..DAYS, 1..DAYS), 0..120,
        )
    ) -> Vec<Territory> {
        let mut accepted: Vec<Territory> = Vec::new();
        for (number, (index, exclusive, from, days)) in wanted.into_iter().enumerate() {
            let division = POOL[index.index(POOL.len())];
            let new = grant(u16::try_from(number).unwrap(), division, exclusive, from, days);
            if !accepted.iter().any(|held| held.conflicts_with(&new.claims())) {
                accepted.push(new);
            }
        }
        accepted
    }
}
