//! What an agent owes under its contract, from the figures, inspections and reports that are there.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use agents::{
    AgentLevel, AgentRepository, AnswerInspection, CloseInspection, Contract, ContractTerms, DueReport,
    FollowInspectionError, FollowUp, Inspection, ObligationStatus, Quota, QuotaMeasure, QuotaPeriod,
    QuotaProgress, RecordInspection, RecordInspectionError, SubmitMarketReport, SubmitMarketReportError,
    answer_inspection, close_inspection, find_obligations, list_due_reports, list_quota_progress,
    record_inspection, submit_market_report,
};
use insights::{Counters, DailyDelta, FigureRepository};
use kernel::{BusinessDay, FieldError, InspectionId, Instant, Money, PageRequest, Rate, ReachedAgent, Scope};
use testing::{
    Memory, SeededIds,
    build::{
        agents::{account_id, agent, contract},
        attachments::{attachment_id, upload},
    },
    instant,
};
use uuid::Uuid;

const INSPECTOR: u16 = 7;
const OWNER: u16 = 8;

/// Agent 1 with a contract over the year 2026 in UTC: 1,000 buckets a month, a report each quarter, a week of grace.
struct Office {
    session: Memory,
    ids: SeededIds,
}

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

fn own() -> ReachedAgent {
    Scope::All.agent(agent(1).id).unwrap()
}

fn day(text: &str) -> BusinessDay {
    BusinessDay::from_date(text.parse().unwrap())
}

/// Noon of that day in Shanghai.
fn noon(text: &str) -> Instant {
    instant(&format!("{text}T04:00:00Z"))
}

impl Office {
    fn new() -> Self {
        Self::under(signed())
    }

    fn under(contract: Contract) -> Self {
        let mut session = Memory::default();
        session.insert_agents(&[agent(1), agent(2)]).unwrap();
        session.insert_contracts(&[contract]).unwrap();
        Self {
            session,
            ids: SeededIds::new(1),
        }
    }

    fn sell(&mut self, on: &str, buckets: i64, sales_fen: i64) {
        let delta = DailyDelta {
            agent_id: agent(1).id,
            county_code: "330106".parse().unwrap(),
            day: day(on),
            counters: Counters {
                buckets,
                sales: Money::from_fen(sales_fen),
                ..Counters::default()
            },
        };
        self.session.add_daily_figures(&[delta]).unwrap();
    }

    fn quotas(&mut self, contract: &Contract, today: &str) -> Vec<(i64, i64, &'static str)> {
        let page = PageRequest::first();
        let listed = list_quota_progress(&mut self.session, contract, day(today), &page).unwrap();
        let told = |progress: QuotaProgress| (progress.target, progress.done, progress.status.name());
        listed.items.into_iter().map(told).collect()
    }

    fn reports(&mut self, today: &str) -> Vec<DueReport> {
        let page = PageRequest::first();
        list_due_reports(&mut self.session, own(), &signed(), day(today), &page)
            .unwrap()
            .items
    }

    fn report(&mut self, about: &str, on: &str) -> Result<(), SubmitMarketReportError> {
        let sections = vec![("竞品情况".into(), "新增两家水站".into())];
        self.report_with(about, on, sections, Vec::new())
    }

    fn report_with(
        &mut self,
        about: &str,
        on: &str,
        sections: Vec<(String, String)>,
        attachments: Vec<String>,
    ) -> Result<(), SubmitMarketReportError> {
        let command = SubmitMarketReport {
            agent: own(),
            contract_id: signed().id,
            actor: account_id(OWNER),
            period: about.into(),
            sections,
            attachments,
        };
        submit_market_report(&mut self.session, &self.ids, noon(on), &command).map(drop)
    }

    fn inspect(
        &mut self,
        score: i64,
        on: &str,
        due: Option<&str>,
    ) -> Result<Inspection, RecordInspectionError> {
        let command = RecordInspection {
            agent: own(),
            contract_id: signed().id,
            actor: account_id(INSPECTOR),
            inspected_on: on.into(),
            score,
            findings: "门头老旧".into(),
            photos: Vec::new(),
            follow_up_due_on: due.map(Into::into),
        };
        record_inspection(&mut self.session, &self.ids, noon("2026-06-10"), &command)
    }

    fn answer(&mut self, inspection_id: InspectionId) -> Result<Inspection, FollowInspectionError> {
        let command = AnswerInspection {
            agent: own(),
            inspection_id,
            actor: account_id(OWNER),
            text: "已更换门头".into(),
        };
        answer_inspection(&mut self.session, &self.ids, noon("2026-06-12"), &command)
    }

    fn close(&mut self, inspection_id: InspectionId) -> Result<Inspection, FollowInspectionError> {
        let command = CloseInspection {
            agent: own(),
            inspection_id,
            actor: account_id(INSPECTOR),
        };
        close_inspection(&mut self.session, &self.ids, noon("2026-06-13"), &command)
    }
}

fn fields(errors: &[FieldError]) -> Vec<(&str, &str)> {
    errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect()
}

#[test]
fn a_quota_is_measured_period_by_period_in_what_it_counts() {
    let mut office = Office::new();
    office.sell("2026-01-31", 1_000, 1);
    office.sell("2026-02-01", 999, 1);
    office.sell("2026-03-02", 100, 300_000);
    assert_eq!(
        office.quotas(&signed(), "2026-03-09"),
        [
            (1_000, 100, "at_risk"),
            (1_000, 999, "missed"),
            (1_000, 1_000, "met")
        ]
    );
    let by_amount = Contract {
        terms: ContractTerms {
            quota: signed().terms.quota.map(|quota| Quota {
                measure: QuotaMeasure::Amount,
                target: 300_000,
                ..quota
            }),
            ..signed().terms
        },
        ..signed()
    };
    assert_eq!(
        office.quotas(&by_amount, "2026-03-09")[0],
        (300_000, 300_000, "met")
    );
    let without = Contract {
        terms: ContractTerms {
            quota: None,
            ..signed().terms
        },
        ..signed()
    };
    assert_eq!(office.quotas(&without, "2026-03-09"), []);
}

#[test]
fn periods_are_paged_by_their_first_days() {
    let mut office = Office::new();
    let page = |office: &mut Office, after| {
        let request = PageRequest { limit: 2, after };
        let listed = list_quota_progress(&mut office.session, &signed(), day("2026-03-09"), &request);
        let listed = listed.unwrap();
        let firsts: Vec<_> = listed
            .items
            .iter()
            .map(|progress| progress.period.calendar.first)
            .collect();
        (firsts, listed.next)
    };
    let (firsts, next) = page(&mut office, None);
    assert_eq!(firsts, [day("2026-03-01"), day("2026-02-01")]);
    assert_eq!(page(&mut office, next), (vec![day("2026-01-01")], None));
}

#[test]
fn a_report_is_waited_for_from_the_end_of_its_period_and_missed_after_its_grace() {
    let mut office = Office::new();
    let statuses = |office: &mut Office, today| -> Vec<_> {
        let reports = office.reports(today);
        reports.iter().map(|due| due.status.name()).collect()
    };
    assert_eq!(statuses(&mut office, "2026-03-31"), ["on_track"]);
    assert_eq!(statuses(&mut office, "2026-04-07"), ["on_track", "at_risk"]);
    assert_eq!(statuses(&mut office, "2026-04-08"), ["on_track", "missed"]);
    office.report("2026-02-11", "2026-04-08").unwrap();
    let reports = office.reports("2026-04-08");
    assert_eq!(reports[1].status, ObligationStatus::Met);
    assert!(reports[1].is_late() && !reports[0].is_late());
    // The last day of a period is soon enough.
    office.report("2026-06-30", "2026-06-30").unwrap();
    assert!(!office.reports("2026-06-30")[0].is_late());
}

#[test]
fn a_report_is_about_a_period_that_is_over_once() {
    let mut office = Office::new();
    let refused = office.report("2026-05-01", "2026-06-29").unwrap_err();
    assert!(
        matches!(refused, SubmitMarketReportError::PeriodRuns { last } if last == day("2026-06-30")),
        "{refused:?}"
    );
    office.report("2026-05-01", "2026-06-30").unwrap();
    let refused = office.report("2026-04-01", "2026-07-01").unwrap_err();
    assert!(
        matches!(refused, SubmitMarketReportError::AlreadySubmitted),
        "{refused:?}"
    );
    let invalid = |result: Result<(), SubmitMarketReportError>| match result.unwrap_err() {
        SubmitMarketReportError::Invalid(errors) => errors,
        other => panic!("{other:?}"),
    };
    for outside in ["2025-12-31", "2026-10-02", "2027-06-01"] {
        let errors = invalid(office.report(outside, "2026-07-01"));
        assert_eq!(fields(&errors), [("period", "outside_contract")], "{outside}");
    }
    let foreign = upload(&mut office.session, 1, INSPECTOR);
    let section = || vec![("竞品".into(), "无".into())];
    let errors = invalid(office.report_with("2026-01-01", "2026-07-01", section(), vec![foreign]));
    assert_eq!(fields(&errors), [("attachments[0]", "unknown_attachment")]);
    let empty = vec![(String::new(), String::new())];
    let errors = invalid(office.report_with("soon", "2026-07-01", empty, Vec::new()));
    assert_eq!(
        fields(&errors),
        [
            ("period", "invalid_day"),
            ("sections[0].title", "empty"),
            ("sections[0].text", "empty")
        ]
    );
    let errors = invalid(office.report_with("2026-01-01", "2026-07-01", Vec::new(), Vec::new()));
    assert_eq!(fields(&errors), [("sections", "out_of_range")]);

    let without = Contract {
        terms: ContractTerms {
            report_period: None,
            ..signed().terms
        },
        ..signed()
    };
    let refused = Office::under(without)
        .report("2026-01-01", "2026-07-01")
        .unwrap_err();
    assert!(matches!(refused, SubmitMarketReportError::NoneDue), "{refused:?}");
}

#[test]
fn an_inspection_is_answered_and_closed_in_this_order() {
    let mut office = Office::new();
    let recorded = office.inspect(80, "2026-06-09", Some("2026-06-20")).unwrap();
    assert_eq!(recorded.status(day("2026-06-20")), ObligationStatus::AtRisk);
    assert_eq!(recorded.status(day("2026-06-21")), ObligationStatus::Missed);
    let state = |result: Result<Inspection, FollowInspectionError>| match result.unwrap_err() {
        FollowInspectionError::State { follow_up } => follow_up,
        other => panic!("{other:?}"),
    };
    assert_eq!(state(office.close(recorded.id)), "due");
    let answered = office.answer(recorded.id).unwrap();
    assert_eq!(answered.status(day("2026-06-21")), ObligationStatus::Met);
    assert_eq!(state(office.answer(recorded.id)), "answered");
    let closed = office.close(recorded.id).unwrap();
    assert!(matches!(closed.follow_up, FollowUp::Closed { .. }));
    assert_eq!(closed.version, 3);
    assert_eq!(state(office.close(recorded.id)), "closed");
    let content = office.inspect(60, "2026-06-09", None).unwrap();
    assert_eq!(content.status(day("2026-12-31")), ObligationStatus::Met);
    assert_eq!(state(office.answer(content.id)), "none");
    let failed = office.inspect(59, "2026-06-09", None).unwrap();
    assert_eq!(failed.status(day("2026-06-10")), ObligationStatus::Missed);
    let missing = InspectionId::from_uuid(Uuid::from_u128(99));
    let refused = office.answer(missing).unwrap_err();
    assert!(matches!(refused, FollowInspectionError::NotFound), "{refused:?}");
    let told: Vec<_> = office
        .session
        .events()
        .iter()
        .map(|event| (event.fact.name(), event.aggregate_version))
        .take(3)
        .collect();
    assert_eq!(
        told,
        [
            ("inspection_recorded", 1),
            ("inspection_answered", 2),
            ("inspection_closed", 3)
        ]
    );
}

#[test]
fn an_inspection_is_of_a_day_of_the_contract_that_has_come() {
    let mut office = Office::new();
    let refused = |result: Result<Inspection, RecordInspectionError>| match result.unwrap_err() {
        RecordInspectionError::Invalid(errors) => errors
            .iter()
            .map(|error| (error.field.clone().into_owned(), error.code))
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let told = |field: &str, code| vec![(field.to_owned(), code)];
    // The contract begins on the 1st of January in UTC, which is that day in Shanghai too.
    for outside in ["2025-12-31", "2026-06-11"] {
        let errors = refused(office.inspect(80, outside, None));
        assert_eq!(errors, told("inspected_on", "outside_contract"), "{outside}");
    }
    for score in [-1, 101] {
        let errors = refused(office.inspect(score, "2026-06-10", None));
        assert_eq!(errors, told("score", "out_of_range"));
    }
    for due in ["2026-06-09", "2026-12-08"] {
        let errors = refused(office.inspect(80, "2026-06-10", Some(due)));
        assert_eq!(errors, told("follow_up_due_on", "out_of_range"), "{due}");
    }
    for (score, due) in [(0, "2026-06-10"), (100, "2026-12-07")] {
        office.inspect(score, "2026-06-10", Some(due)).unwrap();
    }
    let photo = upload(&mut office.session, 1, INSPECTOR);
    let command = RecordInspection {
        agent: own(),
        contract_id: signed().id,
        actor: account_id(INSPECTOR),
        inspected_on: "2026-06-10".into(),
        score: 80,
        findings: "门头老旧".into(),
        photos: vec![photo],
        follow_up_due_on: None,
    };
    let recorded = record_inspection(&mut office.session, &office.ids, noon("2026-06-10"), &command);
    assert_eq!(recorded.unwrap().photos, [attachment_id(1)]);
    let foreign = RecordInspection {
        agent: Scope::All.agent(agent(2).id).unwrap(),
        photos: Vec::new(),
        ..command
    };
    let refused = record_inspection(&mut office.session, &office.ids, noon("2026-06-10"), &foreign);
    assert!(matches!(refused, Err(RecordInspectionError::NotFound)));
}

#[test]
fn what_is_owed_today_is_told_for_each_contract_in_force() {
    let mut office = Office::new();
    office.sell("2026-04-02", 700, 1);
    office.inspect(80, "2026-04-01", None).unwrap();
    let owed = find_obligations(&mut office.session, own(), day("2026-04-20")).unwrap();
    assert_eq!(owed.len(), 1);
    let quota = owed[0].quota.unwrap();
    assert_eq!((quota.done, quota.status), (700, ObligationStatus::OnTrack));
    // The first quarter's report is missed, and told before the present one's.
    let report = owed[0].report.as_ref().unwrap();
    assert_eq!(
        (report.period.calendar.first, report.status),
        (day("2026-01-01"), ObligationStatus::Missed)
    );
    assert_eq!(owed[0].inspection.as_ref().unwrap().score, 80);
    office.report("2026-01-01", "2026-04-20").unwrap();
    let owed = find_obligations(&mut office.session, own(), day("2026-04-20")).unwrap();
    let report = owed[0].report.as_ref().unwrap();
    assert_eq!(report.period.calendar.first, day("2026-04-01"));

    // The contract ends on the 1st of January at eight in Shanghai; a week of grace follows.
    for (today, contracts) in [
        ("2025-12-31", 0),
        ("2026-01-01", 1),
        ("2027-01-08", 1),
        ("2027-01-09", 0),
    ] {
        let owed = find_obligations(&mut office.session, own(), day(today)).unwrap();
        assert_eq!(owed.len(), contracts, "{today}");
    }
}
