//! What an agent owes under its contract, over HTTP.

use crate::support::{Client, TestApp};
use agents::{AgentLevel, Contract, ContractTerms, Quota, QuotaMeasure, QuotaPeriod};
use identity::{Position, Role};
use insights::{Counters, DailyDelta};
use kernel::{BusinessDay, Rate, RepositoryError};
use serde_json::{Value, json};
use testing::build::{agents::contract, attachments::png, territories::agent_id};

fn path(number: u16, rest: &str) -> String {
    format!("/api/v1/agents/{}/{rest}", agent_id(number))
}

/// A contract over this year: 1,000 buckets a month, and a report each quarter.
fn signed() -> Contract {
    let contract = contract(1, AgentLevel::County);
    Contract {
        terms: ContractTerms {
            quota: Some(Quota {
                period: QuotaPeriod::Month,
                measure: QuotaMeasure::Buckets,
                target: 1_000,
                yearly_growth: Rate::default(),
            }),
            report_period: Some(QuotaPeriod::Quarter),
            ..contract.terms
        },
        ..contract
    }
}

/// Agent 1, who sold 1,000 buckets in October and 100 in November, its people, headquarters and somebody else's owner.
struct World {
    app: TestApp,
    admin: Client,
    operator: Client,
    owner: Client,
    staff: Client,
    stranger: Client,
}

impl World {
    fn on(app: TestApp) -> Self {
        let (owner, stranger) = (app.agent(1, "330106"), app.agent(2, "330108"));
        let deltas = [("2026-10-31", 1_000), ("2026-11-01", 100)].map(|(day, buckets)| DailyDelta {
            agent_id: agent_id(1),
            county_code: "330106".parse().unwrap(),
            day: BusinessDay::from_date(day.parse().unwrap()),
            counters: Counters {
                buckets,
                ..Counters::default()
            },
        });
        app.state
            .database
            .write::<_, RepositoryError>(|session| {
                session.insert_contracts(&[signed()])?;
                session.add_daily_figures(&deltas)
            })
            .unwrap();
        Self {
            admin: app.headquarters(Role::HqAdmin),
            operator: app.headquarters(Role::Operator),
            staff: app.account("staff", Position::AgentStaff(agent_id(1))),
            owner,
            stranger,
            app,
        }
    }
}

fn report(about: &str) -> Value {
    json!({
        "contract_id": signed().id,
        "period": about,
        "sections": [{"title": "竞品情况", "text": "新增两家水站"}],
    })
}

fn inspection(score: i64) -> Value {
    json!({
        "contract_id": signed().id,
        "inspected_on": "2026-11-20",
        "score": score,
        "findings": "门头老旧，价目表未更新",
        "follow_up_due_on": "2026-12-05",
    })
}

#[test]
fn obligations_tell_figures_and_status_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let world = World::on(app);
        let quotas = world.staff.get(&path(1, "quotas?limit=2")).expect(200);
        assert_eq!(
            quotas["items"],
            json!([
                {"period": "2026-11-01", "from": "2026-11-01", "until": "2026-11-30",
                 "measure": "buckets", "target": 1_000, "done": 100, "status": "at_risk"},
                {"period": "2026-10-01", "from": "2026-10-01", "until": "2026-10-31",
                 "measure": "buckets", "target": 1_000, "done": 1_000, "status": "met"},
            ])
        );
        let cursor = format!(
            "quotas?limit=1&cursor={}",
            quotas["next_cursor"].as_str().unwrap()
        );
        let earlier = world.owner.get(&path(1, &cursor)).expect(200);
        assert_eq!(
            (&earlier["items"][0]["period"], &earlier["items"][0]["status"]),
            (&json!("2026-09-01"), &json!("missed"))
        );

        let photo = world
            .operator
            .with("Content-Type", "image/png")
            .send("POST", "/api/v1/attachments", &png(4, 3))
            .expect(201);
        let mut form = inspection(80);
        form["photos"] = json!([photo["id"]]);
        let recorded = world
            .operator
            .with("Idempotency-Key", "inspection")
            .post(&path(1, "inspections"), &form)
            .expect(201);
        assert_eq!(
            (&recorded["status"], &recorded["follow_up"], &recorded["photos"]),
            (&json!("at_risk"), &json!("due"), &form["photos"])
        );
        let inspections = format!("inspections/{}", recorded["id"].as_str().unwrap());
        let answered = world
            .staff
            .post(
                &path(1, &format!("{inspections}/answer")),
                &json!({"text": "已更换门头"}),
            )
            .expect(200);
        assert_eq!(
            (&answered["status"], &answered["answer"]),
            (&json!("met"), &json!("已更换门头"))
        );
        let closed = world
            .operator
            .post(&path(1, &format!("{inspections}/close")), &json!({}))
            .expect(200);
        assert_eq!(closed["follow_up"], "closed");
        let listed = world.owner.get(&path(1, "inspections")).expect(200);
        assert_eq!(listed["items"], json!([closed]));

        let due = world.owner.get(&path(1, "market-reports?limit=2")).expect(200);
        let told = |due: &Value, index: usize| {
            let due = &due["items"][index];
            (
                due["period"].clone(),
                due["due_on"].clone(),
                due["status"].clone(),
            )
        };
        assert_eq!(
            told(&due, 0),
            (json!("2026-10-01"), json!("2027-01-07"), json!("on_track"))
        );
        assert_eq!(
            told(&due, 1),
            (json!("2026-07-01"), json!("2026-10-07"), json!("missed"))
        );
        let submitted = world
            .staff
            .with("Idempotency-Key", "report")
            .post(&path(1, "market-reports"), &report("2026-09-30"))
            .expect(201);
        assert_eq!(submitted["period"], "2026-07-01");
        let due = world.admin.get(&path(1, "market-reports")).expect(200);
        assert_eq!(
            (&due["items"][1]["late"], &due["items"][1]["report"]),
            (&json!(true), &submitted)
        );

        let owed = world.operator.get(&path(1, "obligations")).expect(200);
        let owed = &owed["items"][0];
        assert_eq!(owed["quota"]["status"], "at_risk");
        // The first quarter's report is waited for longest.
        assert_eq!(
            (&owed["market_report"]["period"], &owed["market_report"]["status"]),
            (&json!("2026-01-01"), &json!("missed"))
        );
        assert_eq!(owed["inspection"]["score"], 80);

        let held = world.owner.get("/api/v1/me/export").expect(200);
        let held = &held["agents"][0];
        assert_eq!(held["inspections"][0]["answer"], "已更换门头");
        assert_eq!(held["market_reports"][0]["sections"][0]["text"], "新增两家水站");
    }
}

#[test]
fn every_refusal_of_an_obligation_is_told_with_its_code() {
    let world = World::on(TestApp::start());
    let submit = |body: &Value| world.owner.post(&path(1, "market-reports"), body);
    let early = submit(&report("2026-11-01")).problem(409, "period_runs");
    assert_eq!(early["from"], "2026-12-31");
    submit(&report("2026-09-30")).expect(201);
    submit(&report("2026-07-01")).problem(409, "already_submitted");
    submit(&report("2025-12-31")).problem(422, "invalid_input");
    let mut foreign = report("2026-06-30");
    foreign["contract_id"] = json!(contract(2, AgentLevel::County).id);
    let foreign = submit(&foreign).problem(422, "invalid_input");
    assert_eq!(foreign["errors"][0]["code"], "unknown_contract");

    let record = |body: &Value| world.operator.post(&path(1, "inspections"), body);
    record(&inspection(101)).problem(422, "invalid_input");
    let recorded = record(&inspection(50)).expect(201);
    assert_eq!(recorded["status"], "missed");
    let inspections = format!("inspections/{}", recorded["id"].as_str().unwrap());
    let answer = path(1, &format!("{inspections}/answer"));
    let close = path(1, &format!("{inspections}/close"));
    let words = json!({"text": "已更换"});
    let early = world.admin.post(&close, &json!({})).problem(409, "invalid_state");
    assert_eq!(early["follow_up"], "due");
    world
        .owner
        .post(&answer, &json!({"text": ""}))
        .problem(422, "invalid_input");
    world.owner.post(&answer, &words).expect(200);
    world.owner.post(&answer, &words).problem(409, "invalid_state");

    // Whoever is inspected does not inspect; headquarters does not answer for anybody.
    world.owner.post(&close, &json!({})).problem(403, "forbidden");
    world.operator.post(&answer, &words).problem(403, "forbidden");
    for list in ["obligations", "quotas", "inspections", "market-reports"] {
        world.stranger.get(&path(1, list)).problem(404, "not_found");
        world.staff.get(&path(1, list)).expect(200);
    }
    world.stranger.post(&answer, &words).problem(404, "not_found");
    let elsewhere = path(2, &format!("{inspections}/close"));
    world.admin.post(&elsewhere, &json!({})).problem(404, "not_found");
    let none = world.stranger.get(&path(2, "quotas")).expect(200);
    assert_eq!(none["items"], json!([]));

    world
        .app
        .state
        .database
        .write::<_, RepositoryError>(|session| session.insert_contracts(&[contract(2, AgentLevel::County)]))
        .unwrap();
    let mut unasked = report("2026-09-30");
    unasked["contract_id"] = json!(contract(2, AgentLevel::County).id);
    world
        .stranger
        .post(&path(2, "market-reports"), &unasked)
        .problem(409, "no_reports_due");
}
