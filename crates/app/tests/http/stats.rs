//! Figures over HTTP. What they count is tested with the orders that cause them.

use crate::support::TestApp;
use identity::{Position, Role};
use insights::{Counters, DailyDelta, Ratings};
use kernel::{AgentId, BusinessDay, Money, RepositoryError};
use serde_json::json;
use testing::build::{
    agents::agent,
    territories::{agent_id, shared_territory},
};

/// Agent 1 had so many orders on those days, in that county.
fn counted(app: &TestApp, agent_id: AgentId, county: &str, days: &[(&str, i64)]) {
    let deltas: Vec<_> = days
        .iter()
        .map(|(day, orders)| DailyDelta {
            agent_id,
            county_code: county.parse().unwrap(),
            day: BusinessDay::from_date(day.parse().unwrap()),
            counters: Counters {
                orders: *orders,
                delivered: 1,
                sales: Money::from_fen(100),
                ratings: Ratings::one(4),
                ..Counters::default()
            },
        })
        .collect();
    app.state
        .database
        .write::<_, RepositoryError>(|session| session.add_daily_figures(&deltas))
        .unwrap();
}

#[test]
fn each_sees_its_own_figures_and_headquarters_all_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let owner = app.agent(1, "330106");
        counted(
            &app,
            agent_id(1),
            "330106",
            &[("2026-11-22", 3), ("2026-11-21", 2), ("2026-11-15", 5)],
        );
        counted(&app, AgentId::HEADQUARTERS, "110101", &[("2026-11-22", 7)]);
        let own = owner.get("/api/v1/stats/overview").expect(200);
        assert_eq!(
            (&own["today"]["orders"], &own["today"]["previous"]["orders"]),
            (&json!(3), &json!(2))
        );
        assert_eq!(
            (
                &own["this_week"]["orders"],
                &own["this_week"]["previous"]["orders"]
            ),
            (&json!(5), &json!(5))
        );
        assert_eq!(own["this_month"]["orders"], 10);
        assert_eq!(
            own["satisfaction"],
            json!({"average": 4.0, "count": 3, "distribution": [0, 0, 0, 3, 0]})
        );
        assert_eq!(own["as_of"], "2026-11-22T08:00:00Z");

        let hq = app.headquarters(Role::Auditor);
        let today = |query: &str| {
            hq.get(&format!("/api/v1/stats/overview{query}")).expect(200)["today"]["orders"].clone()
        };
        assert_eq!(today(""), 10);
        assert_eq!(today(&format!("?agent_id={}", agent_id(1))), 3);
        assert_eq!(today("?division=330000"), 3);
        assert_eq!(today("?division=110101"), 7);
        assert_eq!(today("?division=540000"), 0);
    }
}

#[test]
fn a_series_has_every_day_and_is_bounded() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    counted(
        &app,
        agent_id(1),
        "330106",
        &[("2026-11-20", 2), ("2026-11-22", 3)],
    );
    let series = owner
        .get("/api/v1/stats/series?from=2026-11-20&until=2026-11-22")
        .expect(200);
    assert_eq!(
        series["items"],
        json!([
            {"day": "2026-11-20", "orders": 2, "sales_fen": 100, "buckets": 0, "new_customers": 0, "delivered": 1, "cancelled": 0},
            {"day": "2026-11-21", "orders": 0, "sales_fen": 0, "buckets": 0, "new_customers": 0, "delivered": 0, "cancelled": 0},
            {"day": "2026-11-22", "orders": 3, "sales_fen": 100, "buckets": 0, "new_customers": 0, "delivered": 1, "cancelled": 0},
        ])
    );
    let status = |query: &str| owner.get(&format!("/api/v1/stats/series{query}")).status;
    assert_eq!(status("?from=2025-11-22&until=2026-11-22"), 200);
    assert_eq!(status("?from=2025-11-21&until=2026-11-22"), 422);
    assert_eq!(status("?from=2026-11-22&until=2026-11-21"), 422);
    assert_eq!(status("?from=2026-11-22"), 422);
    assert_eq!(status("?from=2026-02-30&until=2026-11-21"), 422);
}

#[test]
fn figures_of_others_are_not_there() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    owner
        .get(&format!("/api/v1/stats/overview?agent_id={}", agent_id(2)))
        .problem(404, "not_found");
    let unknown = owner.get("/api/v1/stats/overview?division=999999").expect(422);
    assert_eq!(unknown["errors"][0]["field"], "division");
    let (customer, _) = app.customer("zhang.san");
    customer.get("/api/v1/stats/overview").problem(403, "forbidden");
    app.client()
        .get("/api/v1/stats/overview")
        .problem(401, "unauthenticated");
}

#[test]
fn an_agent_reads_the_figures_of_those_below_it_and_of_no_others() {
    let app = TestApp::start();
    let (county, other) = (app.agent(1, "330106"), app.agent(2, "440106"));
    app.state
        .database
        .write::<_, RepositoryError>(|session| {
            session.insert_agents(&[agent(3)])?;
            session.insert_territories(&[shared_territory(3, "330000")])
        })
        .unwrap();
    let province = app.account("province", Position::AgentOwner(agent_id(3)));
    counted(&app, agent_id(1), "330106", &[("2026-11-22", 3)]);
    let overview = |number| format!("/api/v1/stats/overview?agent_id={}", agent_id(number));
    let series = |number| {
        let agent_id = agent_id(number);
        format!("/api/v1/stats/series?from=2026-11-22&until=2026-11-22&agent_id={agent_id}")
    };
    let below = province.get(&overview(1)).expect(200);
    assert_eq!(below["today"]["orders"], 3);
    let below = province.get(&series(1)).expect(200);
    assert_eq!(below["items"][0]["orders"], 3);
    for (client, named) in [
        (&province, 2),
        (&county, 3),
        (&county, 2),
        (&other, 1),
        (&province, 9),
    ] {
        client.get(&overview(named)).problem(404, "not_found");
        client.get(&series(named)).problem(404, "not_found");
    }
    // Figures alone: nothing else of the agents below is there.
    for list in ["customers", "orders", "couriers", "inventory"] {
        province
            .get(&format!("/api/v1/{list}?agent_id={}", agent_id(1)))
            .problem(404, "not_found");
    }
}
