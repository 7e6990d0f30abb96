//! One route: over random grants, consents, suspensions and ends, every division has exactly one responsible party at every instant.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "support/grants.rs"]
mod grants;

use grants::{DAYS, History, POOL, day, grant, histories};
use kernel::{AgentId, AgentNumber, Instant};
use proptest::prelude::*;
use regions::{Division, DivisionTree, Exclusivity, Responsible, RoutingRule, Territory, TerritoryMap};

/// The rule of domain.md, word by word, with no map: the most specific of the active territories whose division is the
/// one asked for or one of its parents, and whose holder is not suspended. Nobody else may hold a territory on the same
/// level of the path.
fn naive(history: &History, division: &Division, instant: Instant) -> (AgentId, RoutingRule) {
    let tree = DivisionTree::embedded();
    let mut chain = vec![division.code];
    while let Some(parent) = tree.find(chain[chain.len() - 1]).unwrap().parent_code {
        chain.push(parent);
    }
    let mut active: Vec<_> = history
        .territories
        .iter()
        .filter(|held| held.revoked_at.is_none())
        .filter(|held| held.validity.from() <= instant && instant < held.validity.until())
        .filter(|held| chain.contains(&held.division_code))
        .collect();
    active.sort_by_key(|held| held.level);
    assert!(
        active.windows(2).all(|pair| pair[0].level < pair[1].level),
        "two on one level"
    );
    for (index, outer) in active.iter().enumerate() {
        for inner in &active[index + 1..] {
            let mut consents = outer.consents.iter();
            let is_let_in = outer.exclusivity == Exclusivity::SharedBelow
                || consents.any(|consent| {
                    consent.validity.contains(instant)
                        && consent.level <= inner.level
                        && chain.contains(&consent.division_code)
                });
            assert!(
                is_let_in,
                "somebody stands inside an exclusive one without consent"
            );
        }
    }
    let is_suspended = |held: &&&Territory| {
        let mut own = history
            .suspensions
            .iter()
            .filter(|of| of.agent_id == held.agent_id);
        own.any(|of| of.from <= instant && of.until.is_none_or(|until| instant < until))
    };
    active
        .iter()
        .rfind(|held| !is_suspended(held))
        .map_or((AgentId::HEADQUARTERS, RoutingRule::Headquarters), |held| {
            (held.agent_id, held.level.into())
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_division_has_one_responsible_party_at_every_instant(
        history in histories(),
        asked in prop::collection::vec((any::<prop::sample::Index>(), -1..2 * DAYS), 64),
    ) {
        let tree = DivisionTree::embedded();
        let territories = &history.territories;
        let map = TerritoryMap::build(7, territories).suspending(history.suspensions.iter().copied());
        // Beside random ones: the first and last instants of every territory, at its own division.
        let edges = territories.iter().flat_map(|held| {
            let division = tree.find(held.division_code).unwrap();
            let (from, until) = (held.validity.from(), held.validity.until());
            [from, from - std::time::Duration::from_micros(1), until, until - std::time::Duration::from_micros(1)]
                .map(|instant| (division, instant))
        });
        let random = asked.iter().map(|(index, on)| (POOL[index.index(POOL.len())], day(*on)));
        for (division, instant) in edges.chain(random) {
            let Responsible { division_code, agent_id, agent_number, territory_id, contract_id, rule } =
                map.responsible(tree, division.code, instant);
            prop_assert_eq!(division_code, division.code);
            prop_assert_eq!((agent_id, rule), naive(&history, division, instant));
            match territory_id {
                None => prop_assert_eq!((agent_number, contract_id), (AgentNumber::HEADQUARTERS, None)),
                Some(id) => {
                    let held = territories.iter().find(|held| held.id == id).unwrap();
                    prop_assert_eq!((agent_id, agent_number), (held.agent_id, held.agent_number));
                    prop_assert_eq!(contract_id, Some(held.contract_id));
                }
            }
        }
    }
}

#[test]
fn the_most_specific_active_territory_answers_and_expiry_needs_no_job() {
    let tree = DivisionTree::embedded();
    let division = |code: &str| tree.resolve(code.parse().unwrap()).unwrap();
    let territories = [
        grant(1, division("330000"), false, 0, 100),
        grant(2, division("330106"), false, 10, 10),
        grant(3, division("330106109"), true, 0, 100),
        grant(4, division("110000"), true, 0, 100),
    ];
    let map = TerritoryMap::build(1, &territories);
    let answer = |code: &str, on: i64| {
        let responsible = map.responsible(tree, code.parse().unwrap(), day(on));
        (responsible.agent_number.get(), responsible.rule)
    };
    assert_eq!(answer("330106002", 9), (2, RoutingRule::Province));
    assert_eq!(answer("330106002", 10), (3, RoutingRule::County));
    assert_eq!(answer("330106002", 20), (2, RoutingRule::Province));
    assert_eq!(answer("330106002", 100), (0, RoutingRule::Headquarters));
    assert_eq!(answer("330106109", 15), (4, RoutingRule::Township));
    assert_eq!(answer("441900", 1), (0, RoutingRule::Headquarters));
    assert_eq!(answer("110100", 1), (5, RoutingRule::Province));
    assert_eq!(answer("999999", 1), (0, RoutingRule::Headquarters));
}

#[test]
fn rules_and_exclusivities_keep_their_names() {
    for rule in RoutingRule::ALL {
        assert_eq!(RoutingRule::from_name(rule.name()), Some(rule));
    }
    for exclusivity in Exclusivity::ALL {
        assert_eq!(Exclusivity::from_name(exclusivity.name()), Some(exclusivity));
    }
    assert_eq!(
        (RoutingRule::from_name(""), Exclusivity::from_name("")),
        (None, None)
    );
}
