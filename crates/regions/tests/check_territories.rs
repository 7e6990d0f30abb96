//! Checking a grant before it is made.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use kernel::{AgentId, Instant, Page, PageRequest, RepositoryError, Scope, TerritoryId};
use mockall::mock;
use regions::{
    CheckTerritories, CheckTerritoriesError, Claim, DivisionError, DivisionTree, Exclusivity,
    ExclusivityRule, Obstacle, Suspension, Territory, TerritoryFilter, TerritoryMap, TerritoryRepository,
    check_territories,
};
use std::{collections::BTreeMap, sync::Arc};
use testing::{
    Memory,
    build::territories::{period, shared_territory, territory},
};

fn command(codes: &[&str], exclusivity: Exclusivity) -> CheckTerritories {
    CheckTerritories {
        division_codes: codes.iter().map(|code| code.parse().unwrap()).collect(),
        exclusivity,
        validity: period("2026-06-01T00:00:00Z", "2029-06-01T00:00:00Z"),
    }
}

#[test]
fn a_grant_conflicts_with_what_exclusivity_forbids() {
    let tree = DivisionTree::embedded();
    let mut memory = Memory::default();
    let (province, county) = (shared_territory(1, "330000"), territory(2, "330106"));
    memory
        .insert_territories(&[province.clone(), county.clone()])
        .unwrap();

    let mut conflicts = |codes: &[&str], exclusivity| {
        check_territories(&mut memory, tree, &command(codes, exclusivity)).unwrap()
    };
    assert_eq!(
        conflicts(&["330100"], Exclusivity::Exclusive),
        std::slice::from_ref(&county)
    );
    assert_eq!(conflicts(&["330100"], Exclusivity::SharedBelow), []);
    assert_eq!(
        conflicts(&["330000", "330106109"], Exclusivity::SharedBelow),
        [province, county]
    );
}

/// Every sentence about the wanted codes and the territory, with its rule.
fn told(
    codes: &[&str],
    exclusivity: Exclusivity,
    held: &Territory,
) -> Vec<(ExclusivityRule, String, String)> {
    let command = command(codes, exclusivity);
    Obstacle::between(DivisionTree::embedded(), &command, held)
        .iter()
        .map(|obstacle| {
            (
                obstacle.rule,
                obstacle.message_zh("王**"),
                obstacle.message_en("王**"),
            )
        })
        .collect()
}

#[test]
fn each_conflict_is_told_by_who_where_which_rule_and_which_days() {
    use Exclusivity::{Exclusive, SharedBelow};
    let one = |codes: &[&str], exclusivity, held: &Territory| {
        let mut told = told(codes, exclusivity, held);
        assert_eq!(told.len(), 1);
        told.remove(0)
    };
    let (city, county) = (territory(1, "330100"), territory(2, "330106"));
    assert_eq!(
        one(&["330106"], SharedBelow, &county),
        (
            ExclusivityRule::SameDivision,
            "西湖区（县级）已授予王**（2026-01-01 至 2027-01-01）。同一区划同时只能有一个代理商，2026-06-01 至 2027-01-01 不能再授予。".to_owned(),
            "西湖区 (county) is granted to 王** (2026-01-01 to 2027-01-01). A division has one agent at a time, so it cannot be granted from 2026-06-01 to 2027-01-01.".to_owned(),
        )
    );
    assert_eq!(
        one(&["330106109"], SharedBelow, &city),
        (
            ExclusivityRule::InsideExclusive,
            "三墩镇（乡级）在王**独占的杭州市（市级）之内（2026-01-01 至 2027-01-01）。独占区域内不能另设代理商，2026-06-01 至 2027-01-01 不能授予。".to_owned(),
            "三墩镇 (township) lies inside 杭州市 (city), which 王** holds exclusively (2026-01-01 to 2027-01-01). Nobody else may be appointed inside, so it cannot be granted from 2026-06-01 to 2027-01-01.".to_owned(),
        )
    );
    assert_eq!(
        one(&["330000"], Exclusive, &county),
        (
            ExclusivityRule::ExclusiveAround,
            "浙江省（省级）之内的西湖区（县级）已授予王**（2026-01-01 至 2027-01-01）。独占区域内不能有其他代理商，2026-06-01 至 2027-01-01 不能独占。".to_owned(),
            "西湖区 (county) inside 浙江省 (province) is granted to 王** (2026-01-01 to 2027-01-01). An exclusive grant has nobody else inside, so it cannot be exclusive from 2026-06-01 to 2027-01-01.".to_owned(),
        )
    );

    // One territory may stand in the way of several wanted divisions, each by its own rule, and of none.
    let rules: Vec<_> = told(&["330100", "330106", "330108"], Exclusive, &county)
        .into_iter()
        .map(|(rule, ..)| rule)
        .collect();
    assert_eq!(
        rules,
        [ExclusivityRule::ExclusiveAround, ExclusivityRule::SameDivision]
    );
    assert_eq!(told(&["330100"], SharedBelow, &county), []);

    // A division that the edition has no more is told by its code.
    let retired = Territory {
        division_code: "330104".parse().unwrap(),
        ..county
    };
    assert!(
        one(&["330100"], Exclusive, &retired)
            .1
            .starts_with("杭州市（市级）之内的330104已授予")
    );
    let names: std::collections::BTreeSet<_> = ExclusivityRule::ALL.map(ExclusivityRule::name).into();
    assert_eq!(names.len(), 3);
}

#[test]
fn a_code_that_cannot_be_granted_is_named_with_its_place() {
    let tree = DivisionTree::embedded();
    for (code, expected) in [
        ("999999", "unknown_division"),
        ("330104", "retired_division"),
        ("110100", "shell_division"),
    ] {
        let command = command(&["330106", code], Exclusivity::Exclusive);
        match check_territories(&mut Memory::default(), tree, &command) {
            Err(CheckTerritoriesError::Division { index: 1, error }) => {
                assert_eq!(kernel::Invalid::from(error).code, expected);
            }
            other => panic!("{other:?}"),
        }
    }
    let unknown = DivisionError::Unknown("999999".parse().unwrap());
    assert_eq!(unknown.to_string(), "999999 is not the code of a division");
}

mock! {
    Session {}
    impl TerritoryRepository for Session {
        fn insert_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError>;
        fn save_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError>;
        fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError>;
        fn find_territories(
            &mut self,
            ids: &[TerritoryId],
        ) -> Result<BTreeMap<TerritoryId, Territory>, RepositoryError>;
        fn list_agent_territories(
            &mut self,
            agent_id: AgentId,
            after: Instant,
        ) -> Result<Vec<Territory>, RepositoryError>;
        fn save_suspension(&mut self, suspension: &Suspension) -> Result<(), RepositoryError>;
        fn list_suspensions(&mut self, agents: &[AgentId]) -> Result<Vec<Suspension>, RepositoryError>;
        fn list_territories(
            &mut self,
            scope: Scope,
            filter: &TerritoryFilter,
            page: &PageRequest<TerritoryId>,
        ) -> Result<Page<Territory, TerritoryId>, RepositoryError>;
        fn territory_map(&mut self) -> Result<Arc<TerritoryMap>, RepositoryError>;
    }
}

#[test]
fn a_failing_store_is_passed_on() {
    let mut session = MockSession::new();
    session
        .expect_find_territory_conflicts()
        .returning(|_| Err(RepositoryError::Unavailable("away".to_owned())));
    let command = command(&["330106"], Exclusivity::Exclusive);
    let failed = check_territories(&mut session, DivisionTree::embedded(), &command);
    assert!(matches!(
        failed,
        Err(CheckTerritoriesError::Repository(RepositoryError::Unavailable(_)))
    ));
}
