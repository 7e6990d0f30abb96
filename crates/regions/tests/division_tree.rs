//! The embedded edition: its uneven places by name, and what holds over all of it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use kernel::DivisionCode;
use regions::{Division, DivisionError, DivisionLevel, DivisionTree};
use std::collections::HashMap;

fn tree() -> &'static DivisionTree {
    DivisionTree::embedded()
}

fn code(text: &str) -> DivisionCode {
    text.parse().unwrap()
}

fn find(text: &str) -> &'static Division {
    tree()
        .find(code(text))
        .unwrap_or_else(|| panic!("{text} is missing"))
}

fn path(text: &str) -> Vec<&'static str> {
    tree().path(code(text)).map(Division::name).collect()
}

fn child_levels(text: &str) -> Vec<DivisionLevel> {
    let mut levels: Vec<_> = tree()
        .children(Some(code(text)))
        .map(|child| child.level)
        .collect();
    levels.dedup();
    levels
}

#[test]
fn the_edition_is_named_and_whole() {
    assert_eq!(tree().edition(), "民政部 国家地名信息库 2026-09-11");
    let count = |level| {
        tree()
            .divisions()
            .iter()
            .filter(|division| division.level == level)
            .count()
    };
    // Of 38,749 townships listed, 213 are marked as withdrawn.
    assert_eq!(DivisionLevel::ALL.map(count), [34, 333, 2_847, 38_749 - 213]);
    assert!(
        tree()
            .divisions()
            .iter()
            .all(|division| !division.name().contains(['（', '(']))
    );
}

#[test]
fn every_child_lies_inside_its_parent_and_beside_its_siblings() {
    let parents = tree()
        .divisions()
        .iter()
        .map(|division| Some(division.code))
        .chain([None]);
    let mut seen = 0;
    for parent in parents {
        let children: Vec<_> = tree().children(parent).collect();
        assert_eq!(
            parent.is_none_or(|code| tree().find(code).unwrap().has_children),
            !children.is_empty()
        );
        for child in &children {
            assert_eq!(child.parent_code, parent);
            if let Some(parent) = parent {
                let (inner, outer) = (child.code.span(), parent.span());
                assert!(
                    outer.first < inner.first && inner.end <= outer.end,
                    "{child:?} in {parent}"
                );
                assert!(
                    tree().find(parent).unwrap().level < child.level,
                    "{child:?} in {parent}"
                );
            }
        }
        for pair in children.windows(2) {
            assert!(pair[0].code.span().end <= pair[1].code.span().first, "{pair:?}");
        }
        seen += children.len();
    }
    assert_eq!(
        seen,
        tree().divisions().len(),
        "every division is the child of exactly one"
    );
}

#[test]
fn the_provinces_have_no_parent() {
    let provinces: Vec<_> = tree().children(None).collect();
    assert_eq!(provinces.len(), 34);
    assert!(
        provinces
            .iter()
            .all(|province| province.level == DivisionLevel::Province)
    );
    assert_eq!(tree().children(Some(code("999999"))).count(), 0);
}

#[test]
fn cities_without_counties_stand_at_the_end_of_their_path() {
    for (city, name, province) in [
        ("441900", "东莞市", "广东省"),
        ("442000", "中山市", "广东省"),
        ("460400", "儋州市", "海南省"),
        ("620200", "嘉峪关市", "甘肃省"),
    ] {
        assert_eq!(find(city).level, DivisionLevel::City);
        assert_eq!(path(city), [name, province]);
        assert!(
            child_levels(city)
                .iter()
                .all(|level| *level == DivisionLevel::Township),
            "{name}"
        );
    }
}

#[test]
fn counties_directly_under_a_province_have_no_city() {
    for (county, names) in [
        ("429004", ["仙桃市", "湖北省"]),
        ("469001", ["五指山市", "海南省"]),
        ("659001", ["石河子市", "新疆维吾尔自治区"]),
        ("419001", ["济源市", "河南省"]),
        ("110101", ["东城区", "北京市"]),
    ] {
        assert_eq!(find(county).level, DivisionLevel::County);
        assert_eq!(path(county), names);
    }
    let directly = |prefix: &str| {
        let all = tree().divisions().iter();
        let inside = all.filter(|division| {
            division.level == DivisionLevel::County && division.code.to_string().starts_with(prefix)
        });
        inside
            .map(|division| division.parent_code.unwrap().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(directly("469"), vec!["460000"; 15]);
    assert_eq!(directly("659"), vec!["650000"; 13]);
}

#[test]
fn a_township_knows_its_whole_path() {
    let township = tree().search("转塘街道", 1)[0];
    assert_eq!(
        path(&township.code.to_string()),
        ["转塘街道", "西湖区", "杭州市", "浙江省"]
    );
    assert!(!township.has_children);
    assert_eq!(path("999999"), Vec::<&str>::new());
}

#[test]
fn taiwan_hong_kong_and_macau_have_little_below() {
    for (province, name) in [
        ("710000", "台湾省"),
        ("810000", "香港特别行政区"),
        ("820000", "澳门特别行政区"),
    ] {
        assert_eq!(find(province).name(), name);
        assert_eq!(path(province), [name]);
        assert!(
            tree()
                .children(Some(code(province)))
                .all(|child| !child.has_children),
            "{name}"
        );
    }
    assert!(!find("710000").has_children);
}

#[test]
fn shell_codes_mean_their_province_and_cannot_be_granted() {
    for (shell, province) in [
        ("110100", "110000"),
        ("120100", "120000"),
        ("310100", "310000"),
        ("500100", "500000"),
        ("500200", "500000"),
        ("429000", "420000"),
        ("469000", "460000"),
        ("659000", "650000"),
    ] {
        let (shell, province) = (code(shell), code(province));
        assert!(tree().is_shell(shell));
        assert_eq!(tree().find(shell), None);
        assert_eq!(tree().resolve(shell).unwrap().code, province);
        assert_eq!(
            tree().grantable(shell),
            Err(DivisionError::Shell {
                code: shell,
                province
            })
        );
    }
    assert!(!tree().is_shell(code("330100")));
    assert!(tree().grantable(code("330100")).is_ok());
}

#[test]
fn the_new_counties_are_there() {
    for (county, name) in [
        ("653228", "和康县"),
        ("653229", "和安县"),
        ("653132", "岑岭县"),
        ("659013", "草湖市"),
    ] {
        assert_eq!(find(county).name(), name);
    }
}

#[test]
fn a_retired_code_names_its_successors() {
    let refused = |text: &str| match tree().resolve(code(text)) {
        Err(DivisionError::Retired { name, successors, .. }) => (
            name.to_string(),
            successors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(refused("330104"), ("江干区".into(), vec!["330102".into()]));
    assert_eq!(refused("110103"), ("崇文区".into(), vec!["110101".into()]));
    // 460003 became 469003 in 2003, which became 460400 in 2015.
    assert_eq!(refused("460003"), ("儋州市".into(), vec!["460400".into()]));
    // Withdrawn townships are listed with a mark, and without a successor.
    assert_eq!(refused("140213002"), ("北关街道".into(), vec![]));
}

#[test]
fn every_successor_is_in_use_and_no_chain_is_endless() {
    for number in 110_000..=829_999 {
        if let Err(DivisionError::Retired { successors, .. }) = tree().grantable(code(&number.to_string())) {
            assert!(
                successors
                    .iter()
                    .all(|successor| tree().find(*successor).is_some()),
                "{number}"
            );
        }
    }
}

#[test]
fn an_unknown_code_is_an_error_of_its_own() {
    for text in ["999999", "330199", "330106999"] {
        assert_eq!(
            tree().resolve(code(text)),
            Err(DivisionError::Unknown(code(text)))
        );
    }
}

#[test]
fn each_refusal_has_its_own_code_and_both_languages() {
    let invalid = |text: &str| kernel::Invalid::from(tree().grantable(code(text)).unwrap_err());
    for (text, expected) in [
        ("999999", "unknown_division"),
        ("330104", "retired_division"),
        ("140213002", "retired_division"),
        ("110100", "shell_division"),
    ] {
        let invalid = invalid(text);
        assert_eq!(invalid.code, expected);
        assert!(invalid.message_zh.contains(text) && invalid.message_en.contains(text));
    }
    assert!(invalid("330104").message_zh.contains("330102"));
}

#[test]
fn levels_keep_their_names() {
    let names: HashMap<_, _> = DivisionLevel::ALL.map(|level| (level.name(), level)).into();
    assert_eq!(names.len(), 4);
    for (name, level) in names {
        assert_eq!(DivisionLevel::from_name(name), Some(level));
    }
    assert_eq!(DivisionLevel::from_name("country"), None);
}
