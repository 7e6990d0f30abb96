//! What the territories' port promises.

use crate::{
    Store,
    build::agents::agent,
    build::territories::{agent_id, period, shared_territory, territory},
    instant,
};
use agents::AgentRepository;
use kernel::{AgentNumber, CustomerId, HolderConsentId, PageRequest, RepositoryError, Scope};
use regions::{
    DivisionLevel, DivisionTree, HolderConsent, RoutingRule, Suspension, Territory, TerritoryFilter,
    TerritoryRepository,
};
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

fn save<S: Store>(store: &S, territories: &[Territory]) -> Result<(), RepositoryError>
where
    S::Session: TerritoryRepository,
{
    store.write(|session| session.save_territories(territories))
}

/// The consent over that city for the second quarter of 2026.
fn consent(id: u128, division_code: &str) -> HolderConsent {
    HolderConsent {
        id: HolderConsentId::from_uuid(Uuid::from_u128(id)),
        division_code: division_code.parse().unwrap(),
        level: DivisionLevel::City,
        validity: period("2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        given_at: instant("2026-03-01T00:00:00Z"),
    }
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
        Territory {
            consents: vec![consent(1, "320200"), consent(2, "320300")],
            ..territory(3, "320000")
        },
    ];
    insert(store, &written).unwrap();
    for territory in &written {
        let found = read(store, |session| session.find_territory(territory.id));
        assert_eq!(found.as_ref(), Some(territory));
    }
    let absent = territory(4, "110101").id;
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

/// A territory is saved once for each version that was loaded, whole; a stale one changes nothing.
pub fn a_territory_is_saved_under_its_version_once<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let held = [territory(1, "330000"), territory(2, "320000")];
    insert(store, &held).unwrap();
    let before = read(store, TerritoryRepository::territory_map).version;
    let [first, second] = held;
    let changed = Territory {
        validity: period("2026-01-01T00:00:00Z", "2026-09-01T00:00:00Z"),
        consents: vec![consent(1, "330100")],
        ..first.clone()
    };
    let revoked = Territory {
        revoked_at: Some(instant("2025-12-31T00:00:00Z")),
        ..second.clone()
    };
    save(store, &[changed.clone(), revoked.clone()]).unwrap();
    let stored = |id| read(store, |session| session.find_territory(id)).unwrap();
    let next = |saved: &Territory| Territory {
        version: 2,
        ..saved.clone()
    };
    assert_eq!(
        (stored(first.id), stored(second.id)),
        (next(&changed), next(&revoked))
    );
    assert!(read(store, TerritoryRepository::territory_map).version > before);
    let stale = save(store, &[next(&revoked), first.clone()]);
    assert!(matches!(stale, Err(RepositoryError::LostRace(_))), "{stale:?}");
    assert_eq!(
        (stored(first.id), stored(second.id)),
        (next(&changed), next(&revoked))
    );
}

/// From its new end on a territory keeps nobody out, whole where it was revoked; what it would take back from another it
/// does not get.
pub fn a_territory_that_ends_earlier_makes_room<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let (ending, revoked) = (territory(1, "330100"), territory(2, "330200"));
    insert(store, &[ending.clone(), revoked.clone()]).unwrap();
    let at = instant("2026-09-01T00:00:00Z");
    let ended = ending.clone().ending(at, at);
    let taken_back = revoked.clone().ending(instant("2026-01-01T00:00:00Z"), at);
    save(store, &[ended, taken_back]).unwrap();
    let next = Territory {
        validity: period("2026-09-01T00:00:00Z", "2028-01-01T00:00:00Z"),
        ..territory(3, "330106")
    };
    insert(store, &[next, territory(4, "330203")]).unwrap();

    let tree = DivisionTree::embedded();
    let map = read(store, TerritoryRepository::territory_map);
    let answers = |code: &str, on: &str| {
        let code = code.parse().unwrap();
        map.responsible(tree, code, instant(on)).agent_number.get()
    };
    assert_eq!(answers("330106", "2026-08-31T23:59:59Z"), 1);
    assert_eq!(answers("330106", "2026-09-01T00:00:00Z"), 3);
    assert_eq!(answers("330203", "2026-08-31T00:00:00Z"), 4);
    assert_eq!(answers("330205", "2026-08-31T00:00:00Z"), 0);

    let again = save(store, &[Territory { version: 2, ..ending }]);
    assert!(matches!(again, Err(RepositoryError::LostRace(_))), "{again:?}");
    let again = save(
        store,
        &[Territory {
            version: 2,
            ..revoked
        }],
    );
    assert!(matches!(again, Err(RepositoryError::LostRace(_))), "{again:?}");
}

/// Others may be appointed where the holder consents, while it does and nowhere else; while somebody is there the consent
/// cannot be withdrawn.
pub fn a_consent_makes_room_until_it_is_withdrawn<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let holder = territory(1, "330000");
    insert(store, std::slice::from_ref(&holder)).unwrap();
    let consenting = Territory {
        consents: vec![consent(1, "330100")],
        ..holder.clone()
    };
    save(store, std::slice::from_ref(&consenting)).unwrap();
    let within = |id, code: &str| Territory {
        validity: period("2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        ..territory(id, code)
    };
    for refused in [
        within(2, "330200"),
        Territory {
            validity: period("2026-04-01T00:00:00Z", "2026-07-01T00:00:00.000001Z"),
            ..territory(3, "330100")
        },
    ] {
        assert_eq!(
            read(store, |session| session
                .find_territory_conflicts(&refused.claims()))
            .len(),
            1
        );
        assert!(insert(store, std::slice::from_ref(&refused)).is_err());
    }
    let inside = within(4, "330106");
    assert_eq!(
        read(store, |session| session
            .find_territory_conflicts(&inside.claims())),
        []
    );
    insert(store, &[inside]).unwrap();
    let withdrawn = Territory { version: 2, ..holder };
    let refused = save(store, std::slice::from_ref(&withdrawn));
    assert!(
        matches!(refused, Err(RepositoryError::LostRace(_))),
        "{refused:?}"
    );
    assert_eq!(
        read(store, |session| session.find_territory(withdrawn.id)).map(|held| held.consents),
        Some(consenting.consents)
    );
}

/// Those of the agent that have not ended by then, whether they have begun or not, without the revoked ones.
pub fn an_agents_territories_are_those_that_last<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let mine = |id, code, from: &str, until: &str| Territory {
        agent_id: agent_id(1),
        agent_number: AgentNumber::new(1),
        validity: period(from, until),
        ..territory(id, code)
    };
    let (from, until) = ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    let (now, ended) = (instant("2026-06-01T00:00:00Z"), "2026-06-01T00:00:00Z");
    let held = [
        mine(1, "330100", from, until),
        mine(2, "330200", from, ended),
        mine(3, "330200", until, "2028-01-01T00:00:00Z"),
        Territory {
            revoked_at: Some(now),
            ..mine(4, "330300", from, until)
        },
        territory(5, "330400"),
    ];
    insert(store, &held).unwrap();
    let own = read(store, |session| session.list_agent_territories(agent_id(1), now));
    assert_eq!(own, [held[0].clone(), held[2].clone()]);
}

/// Routing passes a suspended agent over from the suspension's beginning to its end, which may be set later; its territory
/// stays claimed.
pub fn suspensions_are_passed_over_by_the_map<S: Store>(store: &S)
where
    S::Session: TerritoryRepository + AgentRepository,
{
    let (above, suspended) = (shared_territory(1, "330000"), territory(2, "330106"));
    insert(store, &[above, suspended.clone()]).unwrap();
    let open = Suspension {
        agent_id: suspended.agent_id,
        from: instant("2026-06-01T00:00:00Z"),
        until: None,
    };
    let earlier = Suspension {
        from: instant("2026-02-01T00:00:00Z"),
        until: Some(instant("2026-02-03T00:00:00Z")),
        ..open
    };
    let save = |suspension: &Suspension| {
        store.write::<_, RepositoryError>(|session| session.save_suspension(suspension))
    };
    save(&open).unwrap();
    save(&earlier).unwrap();
    assert_eq!(
        read(store, |session| session
            .list_suspensions(&[agent_id(1), agent_id(2)])),
        [earlier, open]
    );
    assert_eq!(
        read(store, |session| session.list_suspensions(&[agent_id(1)])),
        []
    );

    let tree = DivisionTree::embedded();
    let (code, at) = ("330106".parse().unwrap(), instant("2026-06-01T00:00:00Z"));
    let answers = |on| {
        let map = read(store, TerritoryRepository::territory_map);
        map.responsible(tree, code, on).agent_number.get()
    };
    assert_eq!(answers(at - std::time::Duration::from_micros(1)), 2);
    assert_eq!(answers(at), 1);
    assert_eq!(
        read(store, |session| session
            .find_territory_conflicts(&suspended.claims())),
        [suspended]
    );
    save(&Suspension {
        until: Some(at + std::time::Duration::from_hours(1)),
        ..open
    })
    .unwrap();
    assert_eq!(answers(at + std::time::Duration::from_mins(59)), 1);
    assert_eq!(answers(at + std::time::Duration::from_hours(1)), 2);
}
