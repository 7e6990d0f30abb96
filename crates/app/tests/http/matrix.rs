//! Nobody reaches what is not theirs: every route of the table × every role and nobody × one's own id, others' ids, and one
//! that is not there. What is expected follows from the table alone. A route that this test does not know fails it.

mod rows;
mod world;

use crate::support::Answer;
use app::{Entry, ROUTES, access::Access, reach::Reach};
use identity::{Permission, Role};
use rows::{Row, row};
use serde_json::Value;
use std::fmt::Write;
use world::{Actor, Target, World};

/// Whose id stands in the path or in the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Own,
    Others,
    Nobodys,
}

/// What the table lets somebody see there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// 401.
    SignedOut,
    /// 403.
    NotPermitted,
    /// 404.
    NotThere,
    /// Anything else that is no 5xx.
    Served,
}

/// What a route expects of that actor, from the table.
fn expected(entry: &Entry, actor: Actor, target: Option<Target>, whose: Whose) -> Expected {
    let Actor::Role(role) = actor else {
        return match (entry.access, whose) {
            (Access::Public, Whose::Nobodys) => Expected::NotThere,
            (Access::Public, _) => Expected::Served,
            (Access::SignedIn | Access::Permission(_), _) => Expected::SignedOut,
        };
    };
    if let Access::Permission(permission) = entry.access
        && !role.may(permission)
    {
        return Expected::NotPermitted;
    }
    let reaches_all = match entry.reach {
        Reach::Shared | Reach::Account => false,
        Reach::Applications => role.may(Permission::ReadApplications),
        // Headquarters manages its own people, not those of the agents.
        Reach::Tenant | Reach::Below => {
            role.is_headquarters() && !target.is_some_and(Target::is_of_the_office)
        }
        Reach::Everything => true,
    };
    match whose {
        Whose::Own => Expected::Served,
        Whose::Others if reaches_all => Expected::Served,
        Whose::Others | Whose::Nobodys => Expected::NotThere,
    }
}

fn kept(expected: Expected, answer: &Answer) -> bool {
    match expected {
        Expected::SignedOut => answer.status == 401,
        Expected::NotPermitted => answer.status == 403,
        Expected::NotThere => answer.status == 404,
        Expected::Served => !matches!(answer.status, 401 | 403 | 404 | 500..),
    }
}

/// A problem without what differs from request to request.
fn told(answer: &Answer) -> Value {
    let mut document = answer.json();
    if let Some(members) = document.as_object_mut() {
        members.remove("request_id");
        members.remove("instance");
    }
    document
}

/// Tries one line of the table as everybody, and notes what is not as the table says.
fn try_route(world: &World, entry: &'static Entry, findings: &mut String) {
    let module = entry.module.replace(' ', "");
    for actor in Actor::all() {
        let mut refusals = Vec::new();
        for whose in [Whose::Own, Whose::Others, Whose::Nobodys] {
            let row = row(world, &module, actor, whose);
            for (path, target) in paths(world, entry, &row, actor, whose) {
                let wanted = expected(entry, actor, target, whose);
                let path = format!("{path}{}", row.query_after(&path));
                let answer = world.send(entry, actor, &row, &path);
                if !kept(wanted, &answer) {
                    writeln!(
                        findings,
                        "{} {} as {actor:?}, {whose:?} id ({path}): wanted {wanted:?}, was {} {}",
                        entry.method,
                        entry.path,
                        answer.status,
                        answer.text()
                    )
                    .unwrap();
                } else if wanted == Expected::NotThere {
                    refusals.push(told(&answer));
                }
                // A reveal and an export that are permitted tell what they are asked for.
                let reveals = matches!(module.rsplit("::").next(), Some("reveal" | "export"))
                    && wanted == Expected::Served;
                for canary in world.canaries_not_for(actor, reveals) {
                    if String::from_utf8_lossy(&answer.body).contains(canary) {
                        writeln!(
                            findings,
                            "{} {} as {actor:?}, {whose:?} id ({path}) told `{canary}`",
                            entry.method, entry.path
                        )
                        .unwrap();
                    }
                }
            }
        }
        refusals.dedup();
        if refusals.len() > 1 {
            writeln!(
                findings,
                "{} {} as {actor:?} tells others' ids from none: {refusals:?}",
                entry.method, entry.path
            )
            .unwrap();
        }
    }
}

/// The paths to try, each with what its id is of: the route's own parameter, or else the agent in its query string.
fn paths(
    world: &World,
    entry: &Entry,
    row: &Row,
    actor: Actor,
    whose: Whose,
) -> Vec<(String, Option<Target>)> {
    let mut parameters = entry.path.split('/').filter(|segment| segment.starts_with('{'));
    if let Some(parameter) = parameters.next() {
        let known = |is_known: bool, parameter: &str| {
            assert!(is_known, "the matrix does not know what {parameter} is");
        };
        known(row.target.is_some(), parameter);
        let target = row.target.unwrap();
        let path = parameters.fold(entry.path.to_owned(), |path, second| {
            known(row.second.is_some(), second);
            path.replace(second, row.second.as_ref().unwrap())
        });
        let ids = world.ids(target, actor, whose);
        return ids
            .into_iter()
            .map(|id| (path.replace(parameter, &id), Some(target)))
            .collect();
    }
    if whose == Whose::Own {
        return vec![(entry.path.to_owned(), None)];
    }
    // A customer's list is its own whatever agent it names, and headquarters may name an agent that is not there.
    let names_an_agent = world.takes_an_agent(entry);
    let asks = matches!(actor, Actor::Role(role) if role != Role::Customer)
        && (whose == Whose::Others || matches!(actor, Actor::Role(role) if !role.is_headquarters()));
    if !names_an_agent || !asks {
        return Vec::new();
    }
    let ids = world.ids(Target::Agent, actor, whose);
    ids.into_iter()
        .map(|id| (format!("{}?agent_id={id}", entry.path), None))
        .collect()
}

#[test]
fn no_role_reaches_what_the_table_does_not_give_it() {
    let world = World::new();
    let mut findings = String::new();
    for entry in ROUTES {
        try_route(&world, entry, &mut findings);
    }
    assert!(findings.is_empty(), "\n{findings}");
}
