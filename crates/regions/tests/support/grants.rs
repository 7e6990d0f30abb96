//! Random grants over a thick sample of the edition.

use kernel::{AgentId, AgentNumber, ContractId, DivisionCode, Instant, Period, TerritoryId};
use proptest::prelude::*;
use regions::{Division, DivisionTree, Exclusivity, Territory};
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
        granted_at: day(0),
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
