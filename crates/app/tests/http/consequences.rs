//! What follows from obligations that are missed, over HTTP and by the job.

use crate::support::{BEGINNING, Client, TestApp};
use agents::{AgentLevel, Consequence, Contract, ContractTerms, Quota, QuotaMeasure, QuotaPeriod, Step};
use app::deadlines::note_obligations;
use identity::Role;
use kernel::{Rate, RepositoryError};
use serde_json::{Value, json};
use testing::{
    build::{
        agents::{consequence, contract},
        territories::{agent_id, period},
    },
    instant,
};
use uuid::Uuid;

fn consequences(number: u16, rest: &str) -> String {
    format!("/api/v1/agents/{}/consequences{rest}", agent_id(number))
}

/// Agent 1, who has to sell 1,000 buckets a month from the beginning on, and does not.
fn idle(app: &TestApp) -> (Client, Client) {
    let (owner, stranger) = (app.agent(1, "330106"), app.agent(2, "330108"));
    let signed = contract(1, AgentLevel::County);
    let signed = Contract {
        terms: ContractTerms {
            quota: Some(Quota {
                period: QuotaPeriod::Month,
                measure: QuotaMeasure::Buckets,
                target: 1_000,
                yearly_growth: Rate::default(),
            }),
            validity: period(BEGINNING, "2027-11-22T08:00:00Z"),
            ..signed.terms
        },
        ..signed
    };
    app.state
        .database
        .write::<_, RepositoryError>(|session| session.insert_contracts(std::slice::from_ref(&signed)))
        .unwrap();
    (owner, stranger)
}

/// What that node notes on the 8th of December, when the lease of the server itself is long over.
fn note(app: &TestApp, node: u128) -> usize {
    let at = instant("2026-12-08T04:00:00Z");
    let node = Uuid::from_u128(node);
    note_obligations(&app.state.database, app.state.ids.as_ref(), node, at).unwrap()
}

#[test]
fn the_job_notes_what_follows_once_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (owner, stranger) = idle(&app);
        // What is left of November was missed on that day; December lags behind.
        assert_eq!(note(&app, 1), 2);
        assert_eq!(note(&app, 1), 0);
        assert_eq!(
            note(&app, 2),
            0,
            "another node looks while the first one holds the lease"
        );
        let told = owner.get(&consequences(1, "")).expect(200);
        let mut steps: Vec<_> = told["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (item["subject"].clone(), item["step"].clone()))
            .collect();
        steps.sort_by_key(|(subject, _)| subject.to_string());
        assert_eq!(
            steps,
            [
                (json!("2026-11-01"), json!("warning")),
                (json!("2026-12-01"), json!("reminder"))
            ]
        );
        stranger.get(&consequences(1, "")).problem(404, "not_found");
        let none = stranger.get(&consequences(2, "")).expect(200);
        assert_eq!(none["items"], json!([]));
    }
}

#[test]
fn headquarters_decides_what_is_proposed_and_ends_nothing_by_it() {
    let app = TestApp::start();
    let (owner, _) = idle(&app);
    let (admin, operator) = (app.headquarters(Role::HqAdmin), app.headquarters(Role::Operator));
    let proposed = |number, step| Consequence {
        step,
        ..consequence(number, 1, &format!("2026-0{number}-01"))
    };
    let all = [
        proposed(1, Step::Notice),
        proposed(2, Step::DemotionProposed),
        proposed(3, Step::TerminationProposed),
    ];
    app.state
        .database
        .write::<_, RepositoryError>(|session| all.iter().try_for_each(|row| session.insert_consequence(row)))
        .unwrap();
    let [notice, demotion, termination] = &all;
    let decide = |client: &Client, consequence: &Consequence, decision: &str| {
        let body = json!({"decision": decision, "reason": "当月停水检修"});
        client.post(&consequences(1, &format!("/{}/decide", consequence.id)), &body)
    };
    decide(&admin, notice, "confirm").problem(409, "not_a_proposal");
    decide(&admin, demotion, "perhaps").problem(422, "invalid_input");
    for forbidden in [&owner, &operator] {
        decide(forbidden, demotion, "confirm").problem(403, "forbidden");
    }
    let dismissed = decide(&admin, demotion, "dismiss").expect(200);
    assert_eq!(
        (&dismissed["consequence"]["decision"], &dismissed["next_step"]),
        (&json!("dismiss"), &Value::Null)
    );
    decide(&admin, demotion, "confirm").problem(409, "already_decided");
    let confirmed = decide(&admin, termination, "confirm").expect(200);
    assert_eq!(
        confirmed["next_step"],
        format!("POST /agents/{}/terminate", agent_id(1))
    );
    let body = json!({"decision": "confirm", "reason": "1"});
    admin
        .post(&consequences(2, &format!("/{}/decide", termination.id)), &body)
        .problem(404, "not_found");
    let page = owner.get(&consequences(1, "?limit=1")).expect(200);
    assert_eq!(page["items"][0]["reason"], "当月停水检修");
    let cursor = format!("?cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = owner.get(&consequences(1, &cursor)).expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 2);
    let held = owner.get("/api/v1/me/export").expect(200);
    assert_eq!(held["agents"][0]["consequences"].as_array().unwrap().len(), 3);
}
