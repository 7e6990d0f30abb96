//! Who works below whom.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use kernel::DivisionCode;
use proptest::prelude::*;
use regions::{DivisionTree, TerritoryMap};
use testing::{
    build::territories::{agent_id, period, shared_territory, territory},
    instant,
};

fn now() -> kernel::Instant {
    instant("2026-06-01T00:00:00Z")
}

#[test]
fn an_agent_is_below_while_both_territories_are_active() {
    let tree = DivisionTree::embedded();
    let expired = regions::Territory {
        validity: period("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ..territory(3, "330108")
    };
    let map = TerritoryMap::build(
        1,
        &[shared_territory(1, "330000"), territory(2, "330106"), expired],
    );
    let below = |lower, upper, at: &str| map.is_below(tree, agent_id(lower), agent_id(upper), instant(at));
    assert!(below(2, 1, "2026-06-01T00:00:00Z"));
    assert!(!below(1, 2, "2026-06-01T00:00:00Z"));
    assert!(!below(2, 1, "2027-06-01T00:00:00Z"));
    assert!(!below(3, 1, "2026-06-01T00:00:00Z"));
    assert!(!below(3, 1, "2025-06-01T00:00:00Z"));
    assert!(!below(404, 1, "2026-06-01T00:00:00Z"));
}

fn codes() -> Vec<DivisionCode> {
    [
        "330000", "330100", "330106", "330108", "440000", "440100", "441900",
    ]
    .into_iter()
    .map(|code| code.parse().unwrap())
    .collect()
}

proptest! {
    #[test]
    fn whoever_is_below_is_never_above_and_inside_means_on_the_path(
        left in prop::sample::select(codes()),
        right in prop::sample::select(codes()),
    ) {
        let tree = DivisionTree::embedded();
        let map = TerritoryMap::build(
            1,
            &[shared_territory(1, &left.to_string()), shared_territory(2, &right.to_string())],
        );
        let below = map.is_below(tree, agent_id(1), agent_id(2), now());
        let inside = left != right && tree.path(left).any(|division| division.code == right);
        prop_assert_eq!(below, inside);
        prop_assert!(!(below && map.is_below(tree, agent_id(2), agent_id(1), now())));
    }
}
