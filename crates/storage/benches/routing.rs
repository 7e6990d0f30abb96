//! How much faster a division finds its agent in memory than by one indexed look-up in PostgreSQL, both in this run.
//!
//! The look-up asks for one row of one division and stops there; the map walks the whole path and obeys suspensions. What is
//! told is the ratio of the medians: times depend on the machine, the ratio much less.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench ends where something is wrong, and tells what it found"
)]

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types};
use kernel::{DivisionCode, RepositoryError};
use regions::{DivisionLevel, DivisionTree, Territory, TerritoryMap};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use testing::{
    Store,
    build::{
        agents::agent,
        territories::{period, shared_territory},
    },
    instant,
};

#[path = "../tests/support/stored.rs"]
mod support;

/// The promise.
const PROMISED_RATIO: f64 = 10.0;
/// How often each side is measured, in turns.
const ROUNDS: usize = 15;
const LOOKUPS_PER_ROUND: usize = 2_000;
const IN_MEMORY_PER_ROUND: usize = 200_000;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = sql_types::Uuid)]
    agent_id: uuid::Uuid,
}

fn main() {
    // `cargo test` runs benches too, to see that they run.
    if std::env::args().all(|argument| argument != "--bench") {
        return;
    }
    let Some(stored) = support::Stored::on_postgres() else {
        println!("skipped: PostgreSQL is not installed");
        return;
    };
    let tree = DivisionTree::embedded();
    let territories = granted(tree);
    stored
        .write::<_, RepositoryError>(|session| {
            session.insert_agents(&[agent(1)])?;
            session.insert_territories(&territories)
        })
        .unwrap();
    let map = TerritoryMap::build(1, &territories);
    let townships: Vec<_> = tree
        .divisions()
        .iter()
        .filter(|division| division.level == DivisionLevel::Township)
        .map(|division| division.code)
        .collect();
    let codes: Vec<_> = territories.iter().map(|held| held.division_code).collect();
    let mut connection = PgConnection::establish(&stored.url).unwrap();

    let (mut in_memory, mut in_database) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        in_memory.push(each(IN_MEMORY_PER_ROUND, |turn| {
            route(&map, tree, pick(&townships, round + turn));
        }));
        in_database.push(each(LOOKUPS_PER_ROUND, |turn| {
            look_up(&mut connection, pick(&codes, round + turn));
        }));
    }
    let (memory, database) = (median(in_memory), median(in_database));
    let ratio = database.as_secs_f64() / memory.as_secs_f64();
    println!(
        "resolve an address: {} territories, in memory {memory:?}, by one indexed look-up {database:?}: {ratio:.0} times \
         (promised: at least {PROMISED_RATIO:.0})",
        territories.len()
    );
    assert!(ratio >= PROMISED_RATIO, "the promise is not kept");
}

/// A territory over every county of the country, open to others.
fn granted(tree: &DivisionTree) -> Vec<Territory> {
    let counties = tree
        .divisions()
        .iter()
        .filter(|one| one.level == DivisionLevel::County);
    (1_u16..)
        .zip(counties)
        .map(|(number, county)| Territory {
            agent_id: agent(1).id,
            agent_number: agent(1).number,
            validity: period("2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
            ..shared_territory(number, &county.code.to_string())
        })
        .collect()
}

/// Spread over all of them, so that no cache of a few is measured.
fn pick(codes: &[DivisionCode], turn: usize) -> DivisionCode {
    codes[turn.wrapping_mul(7_919) % codes.len()]
}

fn route(map: &TerritoryMap, tree: &DivisionTree, code: DivisionCode) {
    let at = instant("2026-06-01T00:00:00Z");
    black_box(map.responsible(tree, black_box(code), at));
}

fn look_up(connection: &mut PgConnection, code: DivisionCode) {
    let found: Vec<Found> = sql_query(
        "SELECT agent_id FROM territories WHERE division_code = $1 \
         AND valid_from <= '2026-06-01T00:00:00Z' AND valid_until > '2026-06-01T00:00:00Z'",
    )
    .bind::<sql_types::Integer, _>(i32::try_from(code.nine_digits()).unwrap())
    .load(connection)
    .unwrap();
    black_box(found[0].agent_id);
}

/// How long one takes, over so many.
fn each(count: usize, mut one: impl FnMut(usize)) -> Duration {
    let begun = Instant::now();
    for turn in 0..count {
        one(turn);
    }
    begun.elapsed() / u32::try_from(count).unwrap()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
