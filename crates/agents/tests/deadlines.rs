//! Deadlines and their reminders, and holds that are over.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use agents::{
    Application, ApplicationAction, ApplicationRepository, ApplicationScope, Deadlines, FindingCode,
    HoldApplication, OpenReview, RequestSupplement, SubmitApplication, SupplementApplication,
    WithdrawApplication, hold_application, note_lapsed_hold, open_review, remind_of_deadlines,
    request_supplement, submit_application, supplement_application, withdraw_application,
};
use events::Fact;
use kernel::{AccountId, ApplicationId, Instant};
use regions::DivisionTree;
use testing::{
    Memory, SeededIds,
    build::{
        agents::{account_id, form, policy},
        attachments::upload_attachments_of,
    },
    instant,
};

const REVIEW: &str = "2026-11-29T16:00:00Z";
const SUPPLEMENT: &str = "2026-12-08T16:00:00Z";

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn tree() -> &'static DivisionTree {
    DivisionTree::embedded()
}

fn operator() -> AccountId {
    account_id(99)
}

fn submit(memory: &mut Memory, ids: &SeededIds, number: u16) -> Application {
    let form = form(number, &["330106"]);
    upload_attachments_of(memory, &form, account_id(number));
    let command = SubmitApplication {
        account_id: account_id(number),
        form,
        policy: policy(),
        deadlines: Deadlines::default(),
    };
    submit_application(memory, ids, tree(), now(), &command).unwrap()
}

fn stored(memory: &mut Memory, id: ApplicationId) -> Application {
    memory
        .find_application(ApplicationScope::All, id)
        .unwrap()
        .unwrap()
}

fn due_at(application: &Application) -> Instant {
    application.deadline.unwrap().at
}

fn reminders(memory: &Memory) -> Vec<Instant> {
    let events = memory.events();
    events
        .iter()
        .filter_map(|event| match event.fact {
            Fact::ApplicationReminder { due_at, .. } => Some(due_at),
            _ => None,
        })
        .collect()
}

#[test]
fn each_wait_has_a_deadline_and_what_is_decided_has_none() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let submitted = submit(&mut memory, &ids, 1);
    assert_eq!(due_at(&submitted), instant(REVIEW));
    let open = OpenReview {
        application_id: submitted.id,
        actor: operator(),
    };
    let later = instant("2026-11-24T08:00:00Z");
    let reviewing = open_review(&mut memory, &ids, tree(), later, &open).unwrap();
    assert_eq!(
        due_at(&reviewing),
        instant(REVIEW),
        "opening the review gives no further time"
    );
    let ask = RequestSupplement {
        application_id: submitted.id,
        actor: operator(),
        message: "缺照片".into(),
        deadlines: Deadlines::default(),
    };
    let asked = request_supplement(&mut memory, &ids, later, &ask).unwrap();
    assert_eq!(due_at(&asked), instant(SUPPLEMENT));
    let answer = SupplementApplication {
        application_id: submitted.id,
        account_id: account_id(1),
        note: Some("已补充".into()),
        attachments: vec![],
        mobile: None,
        email: None,
        deadlines: Deadlines::new(3, 3).unwrap(),
    };
    let answered = supplement_application(&mut memory, &ids, tree(), later, &answer).unwrap();
    assert_eq!(due_at(&answered), instant("2026-11-27T16:00:00Z"));
    let withdraw = WithdrawApplication {
        application_id: submitted.id,
        account_id: account_id(1),
    };
    let withdrawn = withdraw_application(&mut memory, &ids, tree(), later, &withdraw).unwrap();
    assert_eq!(withdrawn.deadline, None);
}

#[test]
fn of_each_deadline_somebody_is_reminded_once() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let id = submit(&mut memory, &ids, 1).id;
    submit(&mut memory, &ids, 2);
    let day_before = instant("2026-11-28T16:00:00Z");
    let just_before = instant("2026-11-28T15:59:59.999999Z");
    let mut remind = |at, limit| remind_of_deadlines(&mut memory, &ids, at, limit).unwrap();
    assert_eq!(remind(just_before, 10), 0);
    assert_eq!(remind(day_before, 1), 1);
    assert_eq!(remind(day_before, 10), 1);
    assert_eq!(remind(instant("2027-11-28T16:00:00Z"), 10), 0);
    assert_eq!(reminders(&memory), [instant(REVIEW); 2]);
    let reminded = stored(&mut memory, id);
    let history = memory.list_application_history(&reminded).unwrap();
    assert_eq!(
        (history[1].action, history[1].actor, reminded.version),
        (ApplicationAction::Remind, None, 2)
    );
    // The next wait has a deadline of its own.
    let ask = RequestSupplement {
        application_id: id,
        actor: operator(),
        message: "缺照片".into(),
        deadlines: Deadlines::default(),
    };
    let asked = request_supplement(&mut memory, &ids, day_before, &ask).unwrap();
    let due = due_at(&asked);
    assert_eq!(remind_of_deadlines(&mut memory, &ids, due, 10).unwrap(), 1);
    assert_eq!(reminders(&memory).last(), Some(&due));
}

#[test]
fn a_hold_that_is_over_is_told_once_and_those_behind_it_move_up() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let (first, second) = (submit(&mut memory, &ids, 1).id, submit(&mut memory, &ids, 2).id);
    let hold = HoldApplication {
        application_id: first,
        actor: operator(),
        until: "2026-12-01".into(),
        reason: "等待仓库验收".into(),
    };
    hold_application(&mut memory, &ids, tree(), now(), &hold).unwrap();
    let blocking = |memory: &mut Memory| {
        let found = stored(memory, second).findings;
        found
            .iter()
            .any(|found| found.code == FindingCode::OnHoldForOther)
    };
    let until = instant("2026-11-30T16:00:00Z");
    let just_before = instant("2026-11-30T15:59:59.999999Z");
    assert!(!note_lapsed_hold(&mut memory, &ids, tree(), just_before).unwrap());
    assert!(blocking(&mut memory));
    assert!(note_lapsed_hold(&mut memory, &ids, tree(), until).unwrap());
    assert!(!blocking(&mut memory));
    assert!(!note_lapsed_hold(&mut memory, &ids, tree(), until).unwrap());
    let events = memory.events();
    let told: Vec<_> = events.iter().map(|event| event.fact.name()).collect();
    assert_eq!(
        told[told.len() - 2..],
        ["application_hold_lapsed", "application_findings_changed"]
    );
    let lapsed = stored(&mut memory, first);
    assert_eq!(lapsed.on_hold_until, None);
    let history = memory.list_application_history(&lapsed).unwrap();
    assert_eq!(history.last().unwrap().action, ApplicationAction::Lapse);
}
