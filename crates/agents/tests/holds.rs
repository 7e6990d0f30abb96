//! Holds, and the applications that queue behind one another.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use agents::{
    Application, ApplicationAction, ApplicationFilter, ApplicationForm, ApplicationOrder,
    ApplicationRepository, ApplicationScope, ApproveApplication, ApproveApplicationError, Availability,
    Deadlines, FindingCode, HoldApplication, HoldApplicationError, MAXIMUM_HOLD_DAYS, MAXIMUM_REVIEWED_AGAIN,
    QueuePlace, RejectApplication, ReleaseApplication, ReviewedApplication, StateName, SubmitApplication,
    WithdrawApplication, approve_application, find_availability, find_reviewed_application, hold_application,
    list_reviewed_applications, reject_application, release_application, submit_application,
    withdraw_application,
};
use kernel::{ApplicationId, Instant, PageRequest};
use regions::DivisionTree;
use testing::{
    Memory, SeededIds,
    build::{
        agents::{account_id, form, policy, terms},
        attachments::upload_attachments_of,
    },
    instant,
};

const UNTIL: &str = "2026-12-01";

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

/// The first instant of the 1st of December in Shanghai.
fn until() -> Instant {
    instant("2026-11-30T16:00:00Z")
}

fn tree() -> &'static DivisionTree {
    DivisionTree::embedded()
}

/// Somebody's application, of the person and the account of that number.
fn submit(memory: &mut Memory, ids: &SeededIds, number: u16, codes: &[&str]) -> ApplicationId {
    let form = form(number, codes);
    upload_attachments_of(memory, &form, account_id(number));
    submit_form(memory, ids, number, form)
}

fn submit_form(memory: &mut Memory, ids: &SeededIds, number: u16, form: ApplicationForm) -> ApplicationId {
    let command = SubmitApplication {
        account_id: account_id(number),
        form,
        policy: policy(),
        deadlines: Deadlines::default(),
    };
    submit_application(memory, ids, tree(), now(), &command)
        .unwrap()
        .id
}

fn hold(application_id: ApplicationId) -> HoldApplication {
    HoldApplication {
        application_id,
        actor: account_id(99),
        until: UNTIL.into(),
        reason: "等待仓库验收".into(),
    }
}

fn release(application_id: ApplicationId) -> ReleaseApplication {
    ReleaseApplication {
        application_id,
        actor: account_id(99),
        reason: "不再等待".into(),
    }
}

fn withdraw(application_id: ApplicationId, number: u16) -> WithdrawApplication {
    WithdrawApplication {
        application_id,
        account_id: account_id(number),
    }
}

fn approve(application_id: ApplicationId, override_reason: Option<&str>) -> ApproveApplication {
    ApproveApplication {
        application_id,
        actor: account_id(99),
        terms: terms(),
        division_codes: None,
        override_reason: override_reason.map(str::to_owned),
    }
}

fn look(memory: &mut Memory, id: ApplicationId, at: Instant) -> ReviewedApplication {
    find_reviewed_application(memory, tree(), at, ApplicationScope::All, id)
        .unwrap()
        .unwrap()
}

fn stored(memory: &mut Memory, id: ApplicationId) -> Application {
    memory
        .find_application(ApplicationScope::All, id)
        .unwrap()
        .unwrap()
}

fn codes(application: &Application) -> Vec<FindingCode> {
    application.findings.iter().map(|finding| finding.code).collect()
}

fn event_names(memory: &Memory) -> Vec<&'static str> {
    memory.events().iter().map(|event| event.fact.name()).collect()
}

fn place(position: u64, waiting: u64) -> QueuePlace {
    QueuePlace {
        division_code: "330106".parse().unwrap(),
        position,
        waiting,
    }
}

#[test]
fn a_hold_keeps_the_divisions_for_one_application_until_its_time_is_over() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let first = submit(&mut memory, &ids, 1, &["330106", "330105"]);
    let second = submit(&mut memory, &ids, 2, &["330106"]);
    let held = hold_application(&mut memory, &ids, tree(), now(), &hold(second)).unwrap();
    assert_eq!(
        (held.held_until(now()), held.held_until(until()), held.version),
        (Some(until()), None, 2)
    );
    // The other one learns of it at once, and by whose hand is its own history's business only.
    assert_eq!(
        event_names(&memory)[2..],
        ["application_held", "application_findings_changed"]
    );
    let other = look(&mut memory, first, now());
    assert_eq!(
        codes(&other.application),
        [FindingCode::OnHoldForOther, FindingCode::PendingForOther]
    );
    let told = other.history.last().unwrap();
    assert_eq!(
        (told.action, told.actor, told.from, told.to),
        (
            ApplicationAction::ReviewAgain,
            None,
            Some(StateName::Submitted),
            StateName::Submitted
        )
    );
    let own = look(&mut memory, second, now());
    assert_eq!(codes(&own.application), [FindingCode::PendingForOther]);
    let told = own.history.last().unwrap();
    assert_eq!(
        (told.action, told.actor, told.held_until),
        (ApplicationAction::Hold, Some(account_id(99)), Some(until()))
    );
    assert_eq!(told.reason.as_ref().unwrap().as_str(), "等待仓库验收");

    let mut answer = |at| find_availability(&mut memory, tree(), at, "330106".parse().unwrap()).unwrap();
    assert_eq!(
        (answer(now()).availability, answer(now()).queue_length),
        (Availability::OnHold { until: until() }, 2)
    );
    assert_eq!(answer(until()).availability, Availability::Pending);
    // Nothing ran, and nobody is told a hold that is over.
    let later = look(&mut memory, first, until());
    assert_eq!(codes(&later.application), [FindingCode::PendingForOther]);
    let page = list_reviewed_applications(
        &mut memory,
        tree(),
        until(),
        ApplicationScope::All,
        &ApplicationFilter::default(),
        ApplicationOrder::Newest,
        &PageRequest::first(),
    )
    .unwrap();
    for application in &page.items {
        assert_eq!(codes(application), [FindingCode::PendingForOther]);
    }
    let taken = hold_application(
        &mut memory,
        &ids,
        tree(),
        until(),
        &HoldApplication {
            until: "2026-12-15".into(),
            ..hold(first)
        },
    );
    assert!(taken.is_ok(), "{taken:?}");
}

#[test]
fn a_hold_is_renewed_released_and_ends_with_its_application() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let first = submit(&mut memory, &ids, 1, &["330106"]);
    let second = submit(&mut memory, &ids, 2, &["330106"]);
    hold_application(&mut memory, &ids, tree(), now(), &hold(first)).unwrap();
    let renewed = HoldApplication {
        until: "2026-12-20".into(),
        ..hold(first)
    };
    let renewed = hold_application(&mut memory, &ids, tree(), now(), &renewed).unwrap();
    assert_eq!(renewed.held_until(until()), Some(instant("2026-12-19T16:00:00Z")));
    match hold_application(&mut memory, &ids, tree(), now(), &hold(second)) {
        Err(HoldApplicationError::OnHoldForOther { holds }) => {
            assert_eq!((holds.len(), holds[0].application_id), (1, first));
        }
        other => panic!("{other:?}"),
    }
    let released = release_application(&mut memory, &ids, tree(), now(), &release(first)).unwrap();
    assert_eq!(released.on_hold_until, None);
    assert_eq!(
        codes(&stored(&mut memory, second)),
        [FindingCode::PendingForOther],
        "it is told at once"
    );
    let again = release_application(&mut memory, &ids, tree(), now(), &release(first));
    assert!(matches!(again, Err(HoldApplicationError::NotOnHold)), "{again:?}");

    hold_application(&mut memory, &ids, tree(), now(), &hold(first)).unwrap();
    let withdrawn = withdraw_application(&mut memory, &ids, tree(), now(), &withdraw(first, 1)).unwrap();
    assert_eq!(withdrawn.on_hold_until, None);
    hold_application(&mut memory, &ids, tree(), now(), &hold(second)).unwrap();
    for outcome in [
        hold_application(&mut memory, &ids, tree(), now(), &hold(first)),
        release_application(&mut memory, &ids, tree(), now(), &release(first)),
    ] {
        assert!(
            matches!(outcome, Err(HoldApplicationError::Decided(StateName::Withdrawn))),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_hold_has_a_reason_and_an_end_within_its_bound() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let id = submit(&mut memory, &ids, 1, &["330106"]);
    let wrong = |memory: &mut Memory, until: String, reason: &str| {
        let command = HoldApplication {
            until,
            reason: reason.into(),
            ..hold(id)
        };
        match hold_application(memory, &ids, tree(), now(), &command) {
            Err(HoldApplicationError::Invalid(errors)) => errors
                .into_iter()
                .map(|error| (error.field.into_owned(), error.code))
                .collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    let field = |name: &str, code| (name.to_owned(), code);
    assert_eq!(
        wrong(&mut memory, "soon".into(), " "),
        [field("until", "invalid_instant"), field("reason", "empty")]
    );
    assert_eq!(
        wrong(&mut memory, now().to_rfc3339(), "等待"),
        [field("until", "period_is_over")]
    );
    let last = now() + std::time::Duration::from_hours(MAXIMUM_HOLD_DAYS * 24);
    let past_last = last + std::time::Duration::from_micros(1);
    assert_eq!(
        wrong(&mut memory, past_last.to_rfc3339(), "等待"),
        [field("until", "period_is_too_long")]
    );
    let longest = HoldApplication {
        until: last.to_rfc3339(),
        ..hold(id)
    };
    hold_application(&mut memory, &ids, tree(), now(), &longest).unwrap();
    let bare = ReleaseApplication {
        reason: String::new(),
        ..release(id)
    };
    let refused = release_application(&mut memory, &ids, tree(), now(), &bare);
    assert!(
        matches!(refused, Err(HoldApplicationError::Invalid(_))),
        "{refused:?}"
    );
    let absent = ApplicationId::from_uuid(account_id(7).as_uuid());
    for outcome in [
        hold_application(&mut memory, &ids, tree(), now(), &hold(absent)),
        release_application(&mut memory, &ids, tree(), now(), &release(absent)),
    ] {
        assert!(
            matches!(outcome, Err(HoldApplicationError::NotFound)),
            "{outcome:?}"
        );
    }
}

#[test]
fn approving_over_a_hold_for_another_needs_a_reason() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let first = submit(&mut memory, &ids, 1, &["330106"]);
    let second = submit(&mut memory, &ids, 2, &["330106"]);
    hold_application(&mut memory, &ids, tree(), now(), &hold(second)).unwrap();
    match approve_application(&mut memory, &ids, tree(), now(), &approve(first, None)) {
        Err(ApproveApplicationError::BlockedByFindings { findings }) => {
            assert_eq!(findings[0].code, FindingCode::OnHoldForOther);
        }
        other => panic!("{other:?}"),
    }
    let reasoned = approve(first, Some("保留的申请人放弃了"));
    approve_application(&mut memory, &ids, tree(), now(), &reasoned).unwrap();
    assert_eq!(
        codes(&stored(&mut memory, second)),
        [FindingCode::DivisionHeld],
        "whoever the division was kept for learns that it is gone"
    );
}

#[test]
fn whoever_waits_behind_moves_up_when_one_ahead_ends() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let queue: Vec<_> = (1..=4)
        .map(|number| submit(&mut memory, &ids, number, &["330106"]))
        .collect();
    assert_eq!(look(&mut memory, queue[0], now()).queue, [place(1, 4)]);
    assert_eq!(look(&mut memory, queue[3], now()).queue, [place(4, 4)]);
    withdraw_application(&mut memory, &ids, tree(), now(), &withdraw(queue[1], 2)).unwrap();
    assert_eq!(look(&mut memory, queue[3], now()).queue, [place(3, 3)]);
    let reject = RejectApplication {
        application_id: queue[0],
        actor: account_id(99),
        reason: "不符".into(),
    };
    reject_application(&mut memory, &ids, tree(), now(), &reject).unwrap();
    assert_eq!(look(&mut memory, queue[3], now()).queue, [place(2, 2)]);
    withdraw_application(&mut memory, &ids, tree(), now(), &withdraw(queue[2], 3)).unwrap();
    let last = look(&mut memory, queue[3], now());
    assert_eq!(last.queue, [place(1, 1)]);
    assert_eq!(codes(&last.application), []);
    assert_eq!(stored(&mut memory, queue[3]).findings, []);
    assert_eq!(event_names(&memory).last(), Some(&"application_findings_changed"));
    let versions: Vec<_> = last.history.iter().map(|entry| entry.action).collect();
    assert_eq!(
        versions,
        [ApplicationAction::Submit, ApplicationAction::ReviewAgain],
        "it is told once, when what is found changes"
    );
    assert_eq!(look(&mut memory, queue[0], now()).queue, []);
}

#[test]
fn an_approval_is_told_to_all_who_want_something_inside() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let city = ApplicationForm {
        level: "city".into(),
        attachments: vec![],
        ..form(1, &["330100"])
    };
    let city = submit_form(&mut memory, &ids, 1, city);
    let county = submit(&mut memory, &ids, 2, &["330106"]);
    let elsewhere = submit(&mut memory, &ids, 3, &["330203"]);
    approve_application(&mut memory, &ids, tree(), now(), &approve(city, None)).unwrap();
    assert_eq!(
        codes(&stored(&mut memory, county)),
        [FindingCode::DivisionHeld],
        "the city is held alone"
    );
    assert_eq!(stored(&mut memory, elsewhere).version, 1);
}

#[test]
fn a_decision_reviews_a_bounded_number_of_others_and_a_look_all_of_them() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let queue: Vec<_> = (1..=MAXIMUM_REVIEWED_AGAIN + 2)
        .map(|number| submit(&mut memory, &ids, number, &["330106"]))
        .collect();
    hold_application(&mut memory, &ids, tree(), now(), &hold(queue[0])).unwrap();
    let (inside, beyond) = (
        queue[usize::from(MAXIMUM_REVIEWED_AGAIN) - 1],
        queue.last().unwrap(),
    );
    assert!(codes(&stored(&mut memory, inside)).contains(&FindingCode::OnHoldForOther));
    assert!(!codes(&stored(&mut memory, *beyond)).contains(&FindingCode::OnHoldForOther));
    let seen = look(&mut memory, *beyond, now()).application;
    assert!(codes(&seen).contains(&FindingCode::OnHoldForOther));
    // One behind the bound is decided like any other.
    let number = MAXIMUM_REVIEWED_AGAIN + 2;
    withdraw_application(&mut memory, &ids, tree(), now(), &withdraw(*beyond, number)).unwrap();
}
