//! From submission to decision, short of approval.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use agents::{
    AgentRepository, Application, ApplicationForm, ApplicationScope, Availability, AvailabilityError,
    Deadlines, FindingCode, OpenReview, RejectApplication, RequestSupplement, ReviewApplicationError,
    StateName, SubmitApplication, SubmitApplicationError, SupplementApplication, SupplementApplicationError,
    WithdrawApplication, find_availability, find_reviewed_application, open_review, reject_application,
    request_supplement, submit_application, supplement_application, withdraw_application,
};
use attachments::AttachmentRepository;
use kernel::{ApplicationId, Instant};
use regions::{DivisionTree, TerritoryRepository};
use testing::{
    Memory, SeededIds,
    build::{
        agents::{account_id, agent, form, policy},
        attachments::{attachment, attachment_id, upload, upload_attachments_of},
        territories::{shared_territory, territory},
    },
    instant,
};

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn tree() -> &'static DivisionTree {
    DivisionTree::embedded()
}

fn submit(
    memory: &mut Memory,
    ids: &SeededIds,
    account: u16,
    form: ApplicationForm,
) -> Result<Application, SubmitApplicationError> {
    upload_attachments_of(memory, &form, account_id(account));
    let command = SubmitApplication {
        account_id: account_id(account),
        form,
        policy: policy(),
        deadlines: Deadlines::default(),
    };
    submit_application(memory, ids, tree(), now(), &command)
}

fn codes(application: &Application) -> Vec<FindingCode> {
    application.findings.iter().map(|finding| finding.code).collect()
}

fn event_names(memory: &Memory) -> Vec<&'static str> {
    memory.events().iter().map(|event| event.fact.name()).collect()
}

fn supplement(id: ApplicationId, account: u16) -> SupplementApplication {
    SupplementApplication {
        application_id: id,
        account_id: account_id(account),
        note: Some("已补充".into()),
        attachments: vec![attachment_id(102).to_string()],
        mobile: None,
        email: None,
        deadlines: Deadlines::default(),
    }
}

#[test]
fn a_wrong_form_stores_nothing() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let wrong = ApplicationForm {
        mobile: "12345".into(),
        email: "x".into(),
        ..form(1, &["330106"])
    };
    match submit(&mut memory, &ids, 1, wrong) {
        Err(SubmitApplicationError::Invalid(errors)) => assert_eq!(errors.len(), 2),
        other => panic!("{other:?}"),
    }
    assert!(memory.events().is_empty());
}

#[test]
fn a_second_open_application_of_one_identity_for_one_division_is_refused() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let first = submit(&mut memory, &ids, 1, form(1, &["330106", "330105"])).unwrap();
    // Another account does not make another identity.
    match submit(&mut memory, &ids, 2, form(1, &["330106"])) {
        Err(SubmitApplicationError::DuplicateOpen { application_id }) => assert_eq!(application_id, first.id),
        other => panic!("{other:?}"),
    }
    let bare = ApplicationForm {
        attachments: vec![],
        ..form(1, &["330108"])
    };
    submit(&mut memory, &ids, 1, bare).unwrap();
    submit(&mut memory, &ids, 2, form(2, &["330106"])).unwrap();
}

#[test]
fn the_review_notices_what_stands_in_the_way_and_what_is_worth_knowing() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    memory
        .insert_territories(&[shared_territory(90, "330000"), territory(91, "330108")])
        .unwrap();
    memory.insert_agents(&[agent(5)]).unwrap();

    let quiet = submit(&mut memory, &ids, 1, form(1, &["330106"])).unwrap();
    assert_eq!(codes(&quiet), []);
    let queued = submit(&mut memory, &ids, 2, form(2, &["330106"])).unwrap();
    assert_eq!(codes(&queued), [FindingCode::PendingForOther]);
    let held = submit(&mut memory, &ids, 3, form(3, &["330108", "330110"])).unwrap();
    assert_eq!(codes(&held), [FindingCode::DivisionHeld]);
    assert_eq!(held.findings[0].division_code, "330108".parse().ok());
    let township = submit(&mut memory, &ids, 4, form(4, &["330109001"])).unwrap();
    assert_eq!(
        codes(&township),
        [],
        "a township is fine for an agent of county level"
    );
    let bare = ApplicationForm {
        attachments: vec![],
        ..form(5, &["310000"])
    };
    let all = submit(&mut memory, &ids, 5, bare).unwrap();
    assert_eq!(
        codes(&all),
        [
            FindingCode::LevelMismatch,
            FindingCode::AgentOfAnotherAccount,
            FindingCode::AlreadyAgent,
            FindingCode::RegionDiffers,
            FindingCode::AttachmentMissing,
        ]
    );
}

#[test]
fn a_division_is_available_until_somebody_waits_for_it_or_holds_it() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    memory.insert_territories(&[territory(91, "330108")]).unwrap();
    submit(&mut memory, &ids, 1, form(1, &["330106"])).unwrap();
    let mut answer = |code: &str| find_availability(&mut memory, tree(), now(), code.parse().unwrap());
    let free = answer("330105").unwrap();
    assert_eq!(
        (free.availability, free.queue_length),
        (Availability::Available, 0)
    );
    let wanted = answer("330106").unwrap();
    assert_eq!(
        (wanted.availability, wanted.queue_length),
        (Availability::Pending, 1)
    );
    assert_eq!(answer("330108").unwrap().availability, Availability::Held);
    assert!(matches!(answer("110100"), Err(AvailabilityError::Division(_))));
    let until = now();
    let names = [
        Availability::Held,
        Availability::OnHold { until },
        Availability::Pending,
        Availability::Available,
    ]
    .map(Availability::name);
    assert_eq!(names, ["held", "on_hold", "pending", "available"]);
}

#[test]
fn an_application_goes_to_and_fro_until_it_is_decided() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let id = submit(&mut memory, &ids, 1, form(1, &["330106"])).unwrap().id;
    let actor = account_id(99);

    let opened = open_review(
        &mut memory,
        &ids,
        tree(),
        now(),
        &OpenReview {
            application_id: id,
            actor,
        },
    )
    .unwrap();
    assert_eq!((opened.state.name(), opened.version), (StateName::Reviewing, 2));
    let ask = RequestSupplement {
        application_id: id,
        actor,
        message: "缺营业执照".into(),
        deadlines: Deadlines::default(),
    };
    let asked = request_supplement(&mut memory, &ids, now(), &ask).unwrap();
    assert_eq!(asked.state.name(), StateName::SupplementRequired);

    upload(&mut memory, 102, 1);
    // Somebody took the division meanwhile: the answer is reviewed anew.
    memory.insert_territories(&[territory(91, "330106")]).unwrap();
    let answer = SupplementApplication {
        mobile: Some("139 0013 9000".into()),
        email: Some("new@example.com".into()),
        ..supplement(id, 1)
    };
    let answered = supplement_application(&mut memory, &ids, tree(), now(), &answer).unwrap();
    assert_eq!(answered.state.name(), StateName::Submitted);
    assert_eq!(codes(&answered), [FindingCode::DivisionHeld]);
    assert_eq!(answered.attachments.len(), 2);
    assert_eq!(answered.applicant.mobile.as_str(), "13900139000");
    assert_eq!(answered.applicant.email.as_str(), "new@example.com");

    let reject = RejectApplication {
        application_id: id,
        actor,
        reason: "已有代理商".into(),
    };
    let rejected = reject_application(&mut memory, &ids, tree(), now(), &reject).unwrap();
    assert_eq!(rejected.state.name(), StateName::Rejected);
    let again = reject_application(&mut memory, &ids, tree(), now(), &reject);
    assert!(
        matches!(again, Err(ReviewApplicationError::Transition(_))),
        "{again:?}"
    );

    let history = find_reviewed_application(&mut memory, tree(), now(), ApplicationScope::All, id)
        .unwrap()
        .unwrap()
        .history;
    let told: Vec<_> = history
        .iter()
        .map(|entry| {
            (
                entry.action.name(),
                entry.to.name(),
                entry.reason.as_ref().map(kernel::Text::as_str),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("submit", "submitted", None),
            ("open_review", "reviewing", None),
            ("request_supplement", "supplement_required", Some("缺营业执照")),
            ("supplement", "submitted", Some("已补充")),
            ("reject", "rejected", Some("已有代理商")),
        ]
    );
    assert_eq!(
        event_names(&memory),
        [
            "application_submitted",
            "supplement_requested",
            "application_supplemented",
            "application_rejected",
        ]
    );
    let versions: Vec<_> = memory
        .events()
        .iter()
        .map(|event| event.aggregate_version)
        .collect();
    assert_eq!(versions, [1, 3, 4, 5]);
}

#[test]
fn only_its_own_account_answers_withdraws_and_sees_an_application() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let id = submit(&mut memory, &ids, 1, form(1, &["330106"])).unwrap().id;
    let foreign = WithdrawApplication {
        application_id: id,
        account_id: account_id(2),
    };
    let refused = withdraw_application(&mut memory, &ids, tree(), now(), &foreign);
    assert!(matches!(refused, Err(SupplementApplicationError::NotFound)));
    let refused = supplement_application(&mut memory, &ids, tree(), now(), &supplement(id, 2));
    assert!(matches!(refused, Err(SupplementApplicationError::NotFound)));
    let mut seen = |account| {
        let scope = ApplicationScope::Own(account_id(account));
        find_reviewed_application(&mut memory, tree(), now(), scope, id)
            .unwrap()
            .is_some()
    };
    assert!(seen(1) && !seen(2));

    // Nothing was asked for yet.
    upload(&mut memory, 102, 1);
    let early = supplement_application(&mut memory, &ids, tree(), now(), &supplement(id, 1));
    assert!(
        matches!(early, Err(SupplementApplicationError::Transition(_))),
        "{early:?}"
    );
    let own = WithdrawApplication {
        application_id: id,
        account_id: account_id(1),
    };
    let withdrawn = withdraw_application(&mut memory, &ids, tree(), now(), &own).unwrap();
    assert_eq!(withdrawn.state.name(), StateName::Withdrawn);
    assert!(withdraw_application(&mut memory, &ids, tree(), now(), &own).is_err());
    assert_eq!(
        event_names(&memory),
        ["application_submitted", "application_withdrawn"]
    );
    let anew = ApplicationForm {
        attachments: vec![],
        ..form(1, &["330106"])
    };
    submit(&mut memory, &ids, 1, anew).unwrap();
}

#[test]
fn an_application_takes_stored_pictures_of_its_own_account_that_are_part_of_nothing() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let taken = submit(&mut memory, &ids, 1, form(1, &["330106"])).unwrap();
    let foreign = upload(&mut memory, 2, 2);
    memory.insert_attachment(&attachment(3, 1)).unwrap();
    let own = upload(&mut memory, 4, 1);
    let wanted = [
        &own,
        &taken.attachments[0].to_string(),
        &foreign,
        &attachment_id(3).to_string(),
        &attachment_id(9).to_string(),
    ];
    let wanted = ApplicationForm {
        attachments: wanted.map(String::from).to_vec(),
        ..form(5, &["330105"])
    };
    let command = SubmitApplication {
        account_id: account_id(1),
        form: wanted,
        policy: policy(),
        deadlines: Deadlines::default(),
    };
    match submit_application(&mut memory, &ids, tree(), now(), &command) {
        Err(SubmitApplicationError::Invalid(errors)) => {
            let fields: Vec<_> = errors
                .iter()
                .map(|error| (error.field.as_ref(), error.code))
                .collect();
            let refused = [1, 2, 3, 4].map(|index| format!("attachments[{index}]"));
            assert_eq!(
                fields,
                refused
                    .each_ref()
                    .map(|field| (field.as_str(), "unknown_attachment"))
            );
        }
        other => panic!("{other:?}"),
    }
    // Nothing of it was attached.
    let right = ApplicationForm {
        attachments: vec![own],
        ..form(5, &["330105"])
    };
    let submitted = submit(&mut memory, &ids, 1, right).unwrap();
    assert_eq!(
        (submitted.attachments, submitted.findings),
        (vec![attachment_id(4)], vec![])
    );
}

#[test]
fn an_answer_needs_something_in_it_and_has_room_for_so_many_attachments() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let id = submit(&mut memory, &ids, 1, form(1, &["330106"])).unwrap().id;
    let ask = RequestSupplement {
        application_id: id,
        actor: account_id(99),
        message: "缺照片".into(),
        deadlines: Deadlines::default(),
    };
    request_supplement(&mut memory, &ids, now(), &ask).unwrap();
    let mut errors = |answer: SupplementApplication| match supplement_application(
        &mut memory,
        &ids,
        tree(),
        now(),
        &answer,
    ) {
        Err(SupplementApplicationError::Invalid(errors)) => errors
            .into_iter()
            .map(|error| error.field.into_owned())
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let nothing = SupplementApplication {
        note: None,
        attachments: vec![],
        ..supplement(id, 1)
    };
    assert_eq!(errors(nothing), ["note"]);
    let wrong = SupplementApplication {
        note: Some(" ".into()),
        attachments: vec![attachment_id(102).to_string(); agents::MAXIMUM_ATTACHMENTS],
        mobile: Some("1".into()),
        email: Some("1".into()),
        ..supplement(id, 1)
    };
    assert_eq!(errors(wrong), ["note", "attachments", "mobile", "email"]);
}

#[test]
fn an_operator_gives_reasons_and_cannot_decide_what_is_not_there() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let id = submit(&mut memory, &ids, 1, form(1, &["330106"])).unwrap().id;
    let actor = account_id(99);
    let reject = |id, reason: &str| RejectApplication {
        application_id: id,
        actor,
        reason: reason.into(),
    };
    let ask = |id, message: &str| RequestSupplement {
        application_id: id,
        actor,
        message: message.into(),
        deadlines: Deadlines::default(),
    };
    for outcome in [
        reject_application(&mut memory, &ids, tree(), now(), &reject(id, " ")),
        request_supplement(&mut memory, &ids, now(), &ask(id, &"长".repeat(501))),
    ] {
        assert!(
            matches!(outcome, Err(ReviewApplicationError::Invalid(_))),
            "{outcome:?}"
        );
    }
    let absent = ApplicationId::from_uuid(account_id(7).as_uuid());
    for outcome in [
        reject_application(&mut memory, &ids, tree(), now(), &reject(absent, "不符")),
        request_supplement(&mut memory, &ids, now(), &ask(absent, "缺照片")),
        open_review(
            &mut memory,
            &ids,
            tree(),
            now(),
            &OpenReview {
                application_id: absent,
                actor,
            },
        ),
    ] {
        assert!(
            matches!(outcome, Err(ReviewApplicationError::NotFound)),
            "{outcome:?}"
        );
    }
}
