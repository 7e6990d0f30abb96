//! What the territories' port promises.

use crate::{
    Store,
    build::agents::agent,
    build::territories::{agent_id, period, shared_territory, territory},
    instant,
};
use agents::AgentRepository;
use kernel::{AgentNumber, CustomerId, PageRequest, RepositoryError, Scope};
use regions::{DivisionTree, RoutingRule, Territory, TerritoryFilter, TerritoryRepository};
use uuid::Uuid;

fn insert<S: Store>(store: &S, territories: &[Territory]) -> Result<(), RepositoryError>
where
    S::Session: TerritoryRepository + AgentRepository,
{
    store.write(|session| {
        for territory in territories {
            let number = territory.agent_number.get();
            if session.find_agents(&[territory.agent_id])?.is_empty() {
                session.insert_agents(&[agent(number)])?;
            }
        }
        session.insert_territories(territories)
    })
}

fn read<S: Store, T>(store: &S, mut query: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(|session| query(session)).unwrap()
}

/// A territory reads back as it was written; an id that is not there is nothing.
pub fn a_territory_reads_back_as_it_was_written<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let written = [
        territory(1, "330106"),
        Territory {
            validity: period("2026-01-01T00:00:00.000001Z", "2027-01-01T00:00:00Z"),
            ..shared_territory(2, "441900")
        },
    ];
    insert(store, &written).unwrap();
    for territory in &written {
        let found = read(store, |session| session.find_territory(territory.id));
        assert_eq!(found.as_ref(), Some(territory));
    }
    let absent = territory(3, "110101").id;
    assert_eq!(read(store, |session| session.find_territory(absent)), None);
}

/// An overlapping claim is refused as a lost race, and nothing of its set is kept; what only touches is taken.
pub fn overlapping_claims_are_never_kept<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let held = territory(1, "330100");
    insert(store, std::slice::from_ref(&held)).unwrap();
    let beside = territory(2, "330200");
    for rival in [
        shared_territory(3, "330100"),
        territory(4, "330106"),
        shared_territory(5, "330106"),
        territory(6, "330000"),
        territory(7, "330106109"),
    ] {
        assert_eq!(
            read(store, |session| session.find_territory_conflicts(&rival.claims())),
            std::slice::from_ref(&held),
            "{rival:?}"
        );
        // `Store::write` runs a command that lost a race again; it loses each time.
        let refused = insert(store, &[beside.clone(), rival.clone()]);
        assert!(
            matches!(refused, Err(RepositoryError::LostRace(_))),
            "{rival:?}: {refused:?}"
        );
        assert_eq!(read(store, |session| session.find_territory(beside.id)), None);
    }
    let after = Territory {
        validity: period("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"),
        ..territory(8, "330100")
    };
    let above = shared_territory(9, "330000");
    for neighbour in [beside, after, above] {
        assert_eq!(
            read(store, |session| session
                .find_territory_conflicts(&neighbour.claims())),
            []
        );
        insert(store, std::slice::from_ref(&neighbour)).unwrap();
    }
}

/// Two territories of one set that exclude each other are refused together.
pub fn a_set_may_not_conflict_with_itself<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let (outer, inner) = (territory(1, "330100"), territory(2, "330106"));
    let refused = insert(store, &[outer.clone(), inner]);
    assert!(
        matches!(refused, Err(RepositoryError::LostRace(_))),
        "{refused:?}"
    );
    assert_eq!(read(store, |session| session.find_territory(outer.id)), None);
}

/// Each conflicting territory is answered once, however many claims it conflicts in, in the order of the ids.
pub fn conflicts_are_answered_once_each<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let held = [
        territory(1, "330106"),
        territory(2, "330105"),
        territory(3, "330200"),
        territory(4, "320100"),
    ];
    insert(store, &held).unwrap();
    let wanted = territory(5, "330000");
    assert_eq!(
        read(store, |session| session
            .find_territory_conflicts(&wanted.claims())),
        held[..3]
    );
    assert_eq!(read(store, |session| session.find_territory_conflicts(&[])), []);
}

/// The map shows every grant of the version that the transaction reads, and the version grows with each grant.
pub fn the_map_follows_the_grants<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let tree = DivisionTree::embedded();
    let (division, now) = ("330106".parse().unwrap(), instant("2026-06-01T00:00:00Z"));
    let empty = read(store, TerritoryRepository::territory_map);
    assert_eq!(
        empty.responsible(tree, division, now).rule,
        RoutingRule::Headquarters
    );

    let province = shared_territory(1, "330000");
    insert(store, std::slice::from_ref(&province)).unwrap();
    let first = read(store, TerritoryRepository::territory_map);
    assert!(first.version > empty.version);
    assert_eq!(
        first.responsible(tree, division, now).territory_id,
        Some(province.id)
    );

    let county = territory(2, "330106");
    let inside = store
        .write::<_, RepositoryError>(|session| {
            session.insert_agents(&[agent(2)])?;
            session.insert_territories(std::slice::from_ref(&county))?;
            session.territory_map()
        })
        .unwrap();
    assert_eq!(
        inside.responsible(tree, division, now).territory_id,
        Some(county.id)
    );
    let after = read(store, TerritoryRepository::territory_map);
    assert!(after.version > first.version);
    assert_eq!(
        after.responsible(tree, division, now).agent_number,
        county.agent_number
    );
    assert_eq!(
        after.responsible(tree, division, county.validity.until()).rule,
        RoutingRule::Headquarters
    );
}

/// A refused grant changes neither the territories nor the map.
pub fn a_rolled_back_grant_leaves_the_map_as_it_was<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let refused_territory = territory(1, "330106");
    let refused: Result<(), RepositoryError> = store.write(|session| {
        session.insert_agents(&[agent(1)])?;
        session.insert_territories(std::slice::from_ref(&refused_territory))?;
        session.territory_map()?;
        Err(RepositoryError::Refused("on purpose".to_owned()))
    });
    assert!(refused.is_err());
    let map = read(store, TerritoryRepository::territory_map);
    let (division, now) = (refused_territory.division_code, instant("2026-06-01T00:00:00Z"));
    assert_eq!(
        map.responsible(DivisionTree::embedded(), division, now).rule,
        RoutingRule::Headquarters
    );
    // A version that was rolled back may be given out again: the map must still be the right one.
    let other = territory(2, "330106");
    insert(store, std::slice::from_ref(&other)).unwrap();
    let map = read(store, TerritoryRepository::territory_map);
    assert_eq!(
        map.responsible(DivisionTree::embedded(), division, now)
            .territory_id,
        Some(other.id)
    );
}

/// Pages come in the order of the ids, without gap or repetition, and the conditions of a filter combine.
pub fn lists_are_paged_and_filtered<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let agent = agent_id(77);
    let mine = |id, code| Territory {
        agent_id: agent,
        agent_number: AgentNumber::new(77),
        ..territory(id, code)
    };
    let held = [
        mine(1, "330105"),
        mine(2, "330106"),
        territory(3, "330110"),
        mine(4, "330108"),
        mine(5, "330200"),
        Territory {
            validity: period("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"),
            ..mine(6, "330109")
        },
        mine(7, "441900"),
    ];
    insert(store, &held).unwrap();

    let walk_in = |scope: Scope, filter: TerritoryFilter| {
        let (mut all, mut page) = (
            Vec::<Territory>::new(),
            PageRequest {
                limit: 2,
                after: None,
            },
        );
        loop {
            let answer = read(store, |session| session.list_territories(scope, &filter, &page));
            assert!(answer.items.len() <= 2);
            all.extend(answer.items);
            match answer.next {
                Some(next) => page.after = Some(next),
                None => return all,
            }
        }
    };
    let walk = |filter| walk_in(Scope::All, filter);
    assert_eq!(walk(TerritoryFilter::default()), held);
    // What is outside the scope is not there, whatever the filter names.
    let other = Scope::Agent(agent_id(404));
    let customer = Scope::Customer(CustomerId::from_uuid(Uuid::from_u128(9)));
    for scope in [other, customer] {
        let named = TerritoryFilter {
            agent_id: Some(agent),
            ..TerritoryFilter::default()
        };
        assert_eq!(walk_in(scope, named), []);
        assert_eq!(walk_in(scope, TerritoryFilter::default()), []);
    }
    let own: Vec<_> = held
        .iter()
        .filter(|held| held.agent_id == agent)
        .cloned()
        .collect();
    assert_eq!(walk_in(Scope::Agent(agent), TerritoryFilter::default()), own);
    let filter = TerritoryFilter {
        agent_id: Some(agent),
        span: Some("330100".parse::<kernel::DivisionCode>().unwrap().span()),
        active_at: Some(instant("2026-06-01T00:00:00Z")),
    };
    assert_eq!(walk(filter), [held[0].clone(), held[1].clone(), held[3].clone()]);
    let beyond = PageRequest {
        limit: 5,
        after: Some(held[6].id),
    };
    let answer = read(store, |session| {
        session.list_territories(Scope::All, &TerritoryFilter::default(), &beyond)
    });
    assert_eq!((answer.items.len(), answer.next), (0, None));
}
