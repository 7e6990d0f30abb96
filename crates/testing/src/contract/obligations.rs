//! What the ports of inspections and market reports promise.

use crate::{
    Store,
    build::{
        agents::{account_id, agent, contract, inspection, market_report},
        attachments::{attachment_id, upload},
    },
    instant,
};
use agents::{
    AgentLevel, AgentRepository, Answer, Decided, FollowUp, Inspection, InspectionRepository, MarketReport,
    MarketReportRepository,
};
use attachments::AttachmentRepository;
use kernel::{
    AgentId, BusinessDay, ContractId, InspectionId, PageRequest, ReachedAgent, RepositoryError, Scope, Text,
};

fn run<S: Store, T>(store: &S, mut command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(|session| command(session)).unwrap()
}

fn reached(id: AgentId) -> ReachedAgent {
    Scope::All.agent(id).unwrap()
}

fn day(text: &str) -> BusinessDay {
    BusinessDay::from_date(text.parse().unwrap())
}

/// Agents 1 and 2, each with a contract.
fn party<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    run(store, |session| {
        session.insert_agents(&[agent(1), agent(2)])?;
        session.insert_contracts(&[contract(1, AgentLevel::County), contract(2, AgentLevel::County)])
    });
}

/// Inspections come back with their photos, the last recorded first, under their agent alone.
pub fn inspections_come_back_newest_first<S: Store>(store: &S)
where
    S::Session: AgentRepository + AttachmentRepository + InspectionRepository,
{
    party(store);
    let photographed = Inspection {
        photos: vec![attachment_id(5), attachment_id(4)],
        ..inspection(1, 1)
    };
    let all = [photographed, inspection(2, 1), inspection(3, 1), inspection(9, 2)];
    run(store, |session| {
        for number in [4, 5] {
            upload(session, number, 7);
        }
        for inspection in &all {
            session.insert_inspection(inspection)?;
            let record = inspection.id.as_uuid();
            session.attach_to_record(account_id(7), inspection.agent_id, record, &inspection.photos)?;
        }
        Ok(())
    });
    let [first, second, third, strange] = &all;
    let (own, other) = (reached(first.agent_id), reached(strange.agent_id));
    let found = |agent, id| run(store, |session| session.find_inspection(agent, id));
    assert_eq!(found(own, first.id).as_ref(), Some(first));
    assert_eq!(found(other, first.id), None);
    let page = |contract_id: Option<ContractId>, after: Option<InspectionId>| {
        let request = PageRequest { limit: 2, after };
        let page = run(store, |session| {
            session.list_inspections(own, contract_id, &request)
        });
        (page.items, page.next)
    };
    let newest = page(None, None);
    assert_eq!(newest.0, [third.clone(), second.clone()]);
    assert_eq!(page(None, newest.1), (vec![first.clone()], None));
    assert_eq!(page(Some(strange.contract_id), None), (Vec::new(), None));
}

/// What follows an inspection is saved under its version once, in every state.
pub fn what_follows_an_inspection_is_saved_once<S: Store>(store: &S)
where
    S::Session: AgentRepository + InspectionRepository,
{
    party(store);
    let on = day("2026-03-20");
    let answer = Answer {
        text: Text::parse("已更换门头").unwrap(),
        at: instant("2026-03-10T00:00:00Z"),
        actor: account_id(8),
    };
    let closed = Decided {
        at: instant("2026-03-12T00:00:00Z"),
        actor: account_id(7),
    };
    let mut saved = Inspection {
        follow_up: FollowUp::Due { on },
        ..inspection(1, 1)
    };
    run(store, |session| session.insert_inspection(&saved));
    let own = reached(saved.agent_id);
    for follow_up in [
        FollowUp::Answered {
            on,
            answer: answer.clone(),
        },
        FollowUp::Closed { on, answer, closed },
    ] {
        saved.follow_up = follow_up;
        run(store, |session| session.save_inspection(&saved));
        let stale = store.write(|session| session.save_inspection(&saved));
        assert!(matches!(stale, Err(RepositoryError::LostRace(_))), "{stale:?}");
        saved.version += 1;
        let found = run(store, |session| session.find_inspection(own, saved.id));
        assert_eq!(found.as_ref(), Some(&saved));
    }
}

/// Reports come back by the periods that they are about, with their pictures; a period has one.
pub fn a_period_has_one_market_report<S: Store>(store: &S)
where
    S::Session: AgentRepository + AttachmentRepository + MarketReportRepository,
{
    party(store);
    let pictured = MarketReport {
        attachments: vec![attachment_id(4)],
        ..market_report(1, 1, "2026-01-01")
    };
    let all = [
        pictured,
        market_report(2, 1, "2026-04-01"),
        market_report(9, 2, "2026-01-01"),
    ];
    run(store, |session| {
        upload(session, 4, 8);
        for report in &all {
            session.insert_market_report(report)?;
            let record = report.id.as_uuid();
            session.attach_to_record(account_id(8), report.agent_id, record, &report.attachments)?;
        }
        Ok(())
    });
    let [first, second, strange] = &all;
    let own = reached(first.agent_id);
    let rival = market_report(3, 1, "2026-01-01");
    let refused = store.write(|session| session.insert_market_report(&rival));
    assert!(
        matches!(refused, Err(RepositoryError::LostRace(_))),
        "{refused:?}"
    );
    let found = |contract_id, days: &[&str]| {
        let days: Vec<_> = days.iter().map(|text| day(text)).collect();
        let found = run(store, |session| {
            session.find_market_reports(own, contract_id, &days)
        });
        found.into_values().collect::<Vec<_>>()
    };
    assert_eq!(
        found(first.contract_id, &["2026-01-01", "2026-07-01"]),
        std::slice::from_ref(first)
    );
    assert_eq!(found(first.contract_id, &[]), []);
    assert_eq!(found(strange.contract_id, &["2026-01-01"]), []);
    let listed = run(store, |session| session.list_market_reports(own));
    assert_eq!(listed, [first.clone(), second.clone()]);
}
