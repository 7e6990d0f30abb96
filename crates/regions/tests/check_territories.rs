//! Checking a grant before it is made.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use kernel::{Page, PageRequest, RepositoryError, Scope, TerritoryId};
use mockall::mock;
use regions::{
    CheckTerritories, CheckTerritoriesError, Claim, DivisionError, DivisionTree, Exclusivity, Territory,
    TerritoryFilter, TerritoryMap, TerritoryRepository, check_territories,
};
use std::sync::Arc;
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
        fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError>;
        fn find_territory(&mut self, id: TerritoryId) -> Result<Option<Territory>, RepositoryError>;
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
