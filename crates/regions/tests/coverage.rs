//! Coverage agrees with routing everywhere, and leaves nothing of the country out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "support/grants.rs"]
mod grants;

use grants::{DAYS, History, POOL, accepted_grants, day, grant, histories};
use kernel::{AgentId, DivisionCode, Instant, PageRequest};
use proptest::prelude::*;
use regions::{
    Coverage, CoverageCounts, CoverageStatus, Division, DivisionLevel, DivisionTree, ExpiringDays, Gap,
    RoutingRule, Territory, TerritoryMap,
};
use std::collections::{HashMap, HashSet};

fn tree() -> &'static DivisionTree {
    DivisionTree::embedded()
}

fn code(text: &str) -> DivisionCode {
    text.parse().unwrap()
}

fn over(map: &TerritoryMap, at: Instant) -> Coverage<'_> {
    Coverage::new(tree(), map, at, ExpiringDays::default())
}

/// The divisions of the subtree in the order of the codes, found by following every division's children.
fn inside(root: Option<DivisionCode>) -> Vec<&'static Division> {
    let mut found: Vec<_> = root.and_then(|code| tree().find(code)).into_iter().collect();
    for child in tree().children(root) {
        found.extend(inside(Some(child.code)));
    }
    found.sort_unstable_by_key(|division| division.code);
    found
}

fn is_counted(division: &Division) -> bool {
    let mut children = tree().children(Some(division.code));
    match division.level {
        DivisionLevel::County => true,
        DivisionLevel::Township => false,
        DivisionLevel::Province | DivisionLevel::City => {
            children.all(|child| child.level == DivisionLevel::Township)
        }
    }
}

/// The status by the words of the rule: from what routing says, and from the territories alone.
fn naive(
    history: &History,
    on_hold: &HashSet<DivisionCode>,
    map: &TerritoryMap,
    division: &Division,
    at: Instant,
) -> CoverageStatus {
    let responsible = map.responsible(tree(), division.code, at);
    let decides = |held: &&Territory| Some(held.id) == responsible.territory_id;
    let deciding = history.territories.iter().find(decides);
    let is_held = |code| {
        let mut held = history.territories.iter();
        held.any(|held| held.division_code == code && held.is_active_at(at))
    };
    let mut passed_over = Vec::new();
    for above in tree().path(division.code) {
        if deciding.is_some_and(|deciding| deciding.division_code == above.code) {
            break;
        }
        passed_over.push(above.code);
    }
    if passed_over.iter().any(|code| is_held(*code)) {
        return CoverageStatus::Suspended;
    }
    if passed_over.iter().any(|code| on_hold.contains(code)) {
        return CoverageStatus::OnHold;
    }
    let Some(deciding) = deciding else {
        assert_eq!(responsible.agent_id, AgentId::HEADQUARTERS);
        return CoverageStatus::Vacant;
    };
    let ends_soon = deciding.validity.until() <= at + std::time::Duration::from_hours(24 * 60);
    if ends_soon {
        CoverageStatus::Expiring
    } else if deciding.division_code == division.code {
        CoverageStatus::Owned
    } else {
        CoverageStatus::CoveredFromAbove
    }
}

fn of(counts: CoverageCounts, status: CoverageStatus) -> usize {
    match status {
        CoverageStatus::Owned => counts.owned,
        CoverageStatus::CoveredFromAbove => counts.covered_from_above,
        CoverageStatus::Expiring => counts.expiring,
        CoverageStatus::Suspended => counts.suspended,
        CoverageStatus::OnHold => counts.on_hold,
        CoverageStatus::Vacant => counts.vacant,
    }
}

/// Every gap, page by page.
fn all_gaps<'a>(coverage: &Coverage<'a>, root: Option<DivisionCode>, limit: u16) -> Vec<Gap<'a>> {
    let (mut gaps, mut after) = (Vec::new(), None);
    loop {
        let page = coverage.gaps(root, &PageRequest { limit, after });
        assert!(page.items.len() <= usize::from(limit));
        gaps.extend(page.items);
        after = page.next;
        if after.is_none() {
            return gaps;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_counts_are_those_of_every_county_and_each_status_is_what_routing_says(
        history in histories(),
        held_back in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        asked in prop::collection::vec((any::<prop::sample::Index>(), -1..2 * DAYS), 4),
    ) {
        let map = TerritoryMap::build(7, &history.territories).suspending(history.suspensions.iter().copied());
        let on_hold: HashSet<_> = held_back.iter().map(|index| POOL[index.index(POOL.len())].code).collect();
        for (index, on) in asked {
            let root = POOL[index.index(POOL.len())].code;
            let coverage = over(&map, day(on)).with_holds(on_hold.iter().copied());
            let mut expected: HashMap<CoverageStatus, usize> = HashMap::new();
            for division in inside(Some(root)) {
                let status = naive(&history, &on_hold, &map, division, day(on));
                prop_assert_eq!(coverage.of(division).status, status, "{:?} on day {}", division, on);
                *expected.entry(status).or_default() += usize::from(is_counted(division));
            }
            let counts = coverage.counts(Some(root));
            for status in CoverageStatus::ALL {
                let expected = expected.get(&status).copied().unwrap_or_default();
                prop_assert_eq!(of(counts, status), expected, "{} in {}", status.name(), root);
            }
            prop_assert_eq!(counts.total(), inside(Some(root)).into_iter().filter(|one| is_counted(one)).count());
        }
    }

    #[test]
    fn the_gaps_are_the_largest_divisions_in_which_nobody_holds_anything(
        territories in accepted_grants(),
        index in any::<prop::sample::Index>(),
        on in -1..2 * DAYS,
        limit in 1_u16..=100,
    ) {
        let root = POOL[index.index(POOL.len())].code;
        let map = TerritoryMap::build(7, &territories);
        let vacant = |division: &&Division| map.responsible(tree(), division.code, day(on)).territory_id.is_none();
        let subtree = inside(Some(root));
        // A division is empty if nothing in it is answered for.
        let answered: HashSet<_> = subtree
            .iter()
            .filter(|division| !vacant(division))
            .flat_map(|division| tree().path(division.code))
            .map(|division| division.code)
            .collect();
        let empty = |code: DivisionCode| !answered.contains(&code);
        let expected: Vec<_> = subtree
            .iter()
            .filter(|division| empty(division.code))
            .filter(|division| division.code == root || !empty(division.parent_code.unwrap()))
            .map(|division| division.code)
            .collect();
        let gaps = all_gaps(&over(&map, day(on)), Some(root), limit);
        let found: Vec<_> = gaps.iter().map(|gap| gap.division.code).collect();
        prop_assert_eq!(found, expected);
        for gap in gaps.iter().take(20) {
            let counted = inside(Some(gap.division.code)).into_iter().filter(|one| is_counted(one)).count();
            prop_assert_eq!(gap.counties, counted);
        }
    }
}

#[test]
fn nothing_of_the_country_is_left_out() {
    let map = TerritoryMap::build(0, &[]);
    let coverage = over(&map, day(0));
    // 2,847 counties; 东莞, 中山, 儋州 and 嘉峪关; 台湾, 香港 and 澳门.
    let whole = coverage.counts(None);
    assert_eq!((whole.vacant, whole.total()), (2_854, 2_854));
    let provinces = coverage.children(None);
    let sum: usize = provinces
        .map(|province| coverage.counts(Some(province.division.code)).total())
        .sum();
    assert_eq!(sum, whole.total());
    assert_eq!(all_gaps(&coverage, None, 20).len(), 34);
    assert_eq!(coverage.counts(Some(code("441900"))).total(), 1);
    assert_eq!(coverage.counts(Some(code("330106109"))).total(), 0);
    assert_eq!(coverage.counts(Some(code("999999"))).total(), 0);
    assert_eq!(coverage.rows(None).count(), 34 + 333 + 2_847);
}

#[test]
fn a_report_of_one_level_is_short_enough_to_be_answered_whole() {
    let parents = tree().divisions().iter().map(|division| Some(division.code));
    let most = parents
        .chain([None])
        .map(|parent| tree().children(parent).count());
    assert!(most.max().unwrap() <= 100);
}

#[test]
fn each_status_is_told_with_who_answers_and_until_when() {
    let division = |code_text: &str| tree().find(code(code_text)).unwrap();
    let territories = [
        grant(1, division("330000"), false, 0, 300),
        grant(2, division("330106"), true, 0, 60),
        grant(3, division("330108"), true, 0, 61),
        grant(4, division("441900"), true, 0, 300),
    ];
    let map = TerritoryMap::build(1, &territories);
    let told = |code_text: &str, on: i64| {
        let covered = over(&map, day(on)).of(division(code_text));
        (
            covered.status.name(),
            covered.responsible.agent_number.get(),
            covered.responsible.rule,
            covered.held_until,
        )
    };
    let until = |on: i64| Some(day(on));
    assert_eq!(told("330000", 0), ("owned", 2, RoutingRule::Province, until(300)));
    assert_eq!(
        told("330102", 0),
        ("covered_from_above", 2, RoutingRule::Province, until(300))
    );
    assert_eq!(told("330106", 0), ("expiring", 3, RoutingRule::County, until(60)));
    assert_eq!(
        told("330106109", 0),
        ("expiring", 3, RoutingRule::County, until(60))
    );
    assert_eq!(told("330108", 0), ("owned", 4, RoutingRule::County, until(61)));
    assert_eq!(told("330108", 1), ("expiring", 4, RoutingRule::County, until(61)));
    assert_eq!(
        told("330106", 60),
        ("covered_from_above", 2, RoutingRule::Province, until(300))
    );
    assert_eq!(
        told("330106", 240),
        ("expiring", 2, RoutingRule::Province, until(300))
    );
    assert_eq!(
        told("330106", 300),
        ("vacant", 0, RoutingRule::Headquarters, None)
    );
    assert_eq!(told("441900", 0), ("owned", 5, RoutingRule::City, until(300)));
    // A township with a territory of its own has a row; others are told with their county.
    let rows = over(&map, day(0));
    assert_eq!(rows.rows(Some(code("330106"))).count(), 1);
}

#[test]
fn a_renewal_that_follows_without_a_break_is_no_end() {
    let county = tree().find(code("330106")).unwrap();
    let renewed = |agent: u16, from: i64| Territory {
        agent_id: grant(agent, county, true, 0, 1).agent_id,
        ..grant(2, county, true, from, 300)
    };
    let first = grant(1, county, true, 0, 30);
    for (next, status, until) in [
        (renewed(1, 30), CoverageStatus::Owned, 330),
        (renewed(1, 31), CoverageStatus::Expiring, 30),
        (renewed(7, 30), CoverageStatus::Expiring, 30),
    ] {
        let map = TerritoryMap::build(1, [&first, &next]);
        let covered = over(&map, day(0)).of(county);
        assert_eq!((covered.status, covered.held_until), (status, Some(day(until))));
    }
}

#[test]
fn an_agent_holds_around_what_lies_in_its_territory_while_it_lasts() {
    let division = |text: &str| tree().find(code(text)).unwrap();
    let territories = [
        grant(1, division("330000"), false, 0, 300),
        grant(2, division("330106"), true, 0, 60),
    ];
    let map = TerritoryMap::build(1, &territories);
    let around = |index: usize, text: &str, on: i64| {
        map.holds_around(tree(), territories[index].agent_id, code(text), day(on))
    };
    assert!(around(0, "330106", 0) && around(0, "330000", 0) && around(1, "330106109", 0));
    assert!(!around(1, "330000", 0) && !around(1, "330108", 0) && !around(0, "110000", 0));
    assert!(!around(1, "330106", 60) && around(0, "330106", 60));
}

#[test]
fn the_look_ahead_is_bounded() {
    assert_eq!(ExpiringDays::default().get(), 60);
    assert!(ExpiringDays::new(0).is_ok() && ExpiringDays::new(366).is_ok());
    assert_eq!(ExpiringDays::new(367).unwrap_err().code, "out_of_range");
    // The last instant there is has nothing after it.
    let map = TerritoryMap::build(0, &[]);
    let last = Coverage::new(tree(), &map, Instant::MAX_UTC, ExpiringDays::new(366).unwrap());
    assert_eq!(last.counts(None).vacant, 2_854);
}
