//! What the port of applications promises.

use crate::{
    Store,
    build::agents::{account_id, application},
    instant,
};
use agents::{
    AgentLevel, Application, ApplicationAction, ApplicationFilter, ApplicationRepository, ApplicationScope,
    ApplicationState, Finding, FindingCode, HistoryEntry, Reason, StateName,
};
use kernel::{AgentId, PageRequest, RepositoryError};

fn submitted(application: &Application) -> HistoryEntry {
    HistoryEntry {
        at: application.submitted_at,
        actor: application.account_id,
        action: ApplicationAction::Submit,
        from: None,
        to: StateName::Submitted,
        reason: None,
    }
}

fn insert<S: Store>(store: &S, application: &Application) -> Result<(), RepositoryError>
where
    S::Session: ApplicationRepository,
{
    store.write(|session| session.insert_application(application, &submitted(application)))
}

fn save<S: Store>(
    store: &S,
    application: &Application,
    action: ApplicationAction,
) -> Result<(), RepositoryError>
where
    S::Session: ApplicationRepository,
{
    let entry = HistoryEntry {
        at: instant("2026-11-23T08:00:00.000001Z"),
        actor: account_id(99),
        action,
        from: Some(StateName::Submitted),
        to: application.state.name(),
        reason: Reason::parse("缺营业执照").ok(),
    };
    store.write(|session| session.save_application(application, &entry))
}

fn read<S: Store, T>(store: &S, mut query: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(|session| query(session)).unwrap()
}

/// An application comes back as it was written, to headquarters and to its own account only.
pub fn an_application_comes_back_to_those_who_may_see_it<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    let written = Application {
        findings: vec![
            Finding {
                code: FindingCode::PendingForOther,
                division_code: "330106".parse().ok(),
            },
            Finding {
                code: FindingCode::AttachmentMissing,
                division_code: None,
            },
        ],
        ..application(1, &["330106", "330106109"])
    };
    insert(store, &written).unwrap();
    let seen = |scope| read(store, |session| session.find_application(scope, written.id));
    assert_eq!(seen(ApplicationScope::All).as_ref(), Some(&written));
    assert_eq!(
        seen(ApplicationScope::Own(account_id(1))).as_ref(),
        Some(&written)
    );
    assert_eq!(seen(ApplicationScope::Own(account_id(2))), None);
    let absent = application(2, &["330106"]).id;
    assert_eq!(
        read(store, |session| session
            .find_application(ApplicationScope::All, absent)),
        None
    );
    assert_eq!(
        read(store, |session| session.list_application_history(&written)),
        [submitted(&written)]
    );
}

/// Each state comes back with what belongs to it, under the next version; a version is saved once.
pub fn every_state_is_saved_under_its_version_once<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    let reason = Reason::parse("缺营业执照").unwrap();
    let states = [
        (ApplicationState::Reviewing, ApplicationAction::OpenReview),
        (
            ApplicationState::SupplementRequired {
                request: reason.clone(),
            },
            ApplicationAction::RequestSupplement,
        ),
        (
            ApplicationState::Approved {
                agent_id: AgentId::HEADQUARTERS,
            },
            ApplicationAction::Approve,
        ),
        (ApplicationState::Rejected { reason }, ApplicationAction::Reject),
        (ApplicationState::Withdrawn, ApplicationAction::Withdraw),
    ];
    for (number, (state, action)) in (1..).zip(states) {
        let loaded = application(number, &["330106"]);
        insert(store, &loaded).unwrap();
        let changed = Application {
            state,
            findings: vec![Finding {
                code: FindingCode::AlreadyAgent,
                division_code: None,
            }],
            ..loaded
        };
        save(store, &changed, action).unwrap();
        let stale = save(store, &changed, action);
        assert!(matches!(stale, Err(RepositoryError::LostRace(_))), "{stale:?}");
        let found = read(store, |session| {
            session.find_application(ApplicationScope::All, changed.id)
        });
        let history = read(store, |session| session.list_application_history(&changed));
        assert_eq!(history.len(), 2);
        assert_eq!((history[1].action, history[1].to), (action, changed.state.name()));
        assert_eq!(history[1].reason.as_ref().unwrap().as_str(), "缺营业执照");
        assert_eq!(
            found,
            Some(Application {
                version: 2,
                ..changed
            })
        );
    }
}

/// One identity has one open application for a division; a closed one makes room, and another identity may queue.
pub fn one_identity_waits_once_for_a_division<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    let first = application(1, &["330105", "330106"]);
    insert(store, &first).unwrap();
    let same_person = |id, codes: &[&str]| Application {
        applicant: first.applicant.clone(),
        ..application(id, codes)
    };
    let identity = &first.applicant.identity_number;
    let open = |codes: &[&str]| {
        let codes: Vec<_> = codes.iter().map(|code| code.parse().unwrap()).collect();
        read(store, |session| {
            session.find_open_application_of(identity, &codes)
        })
    };
    assert_eq!(open(&["330108", "330106"]), Some(first.id));
    assert_eq!(open(&["330108"]), None);
    assert_eq!(open(&[]), None);

    let second = same_person(2, &["330106", "330108"]);
    let refused = insert(store, &second);
    assert!(
        matches!(refused, Err(RepositoryError::LostRace(_))),
        "{refused:?}"
    );
    insert(store, &same_person(3, &["330108"])).unwrap();
    insert(store, &application(4, &["330106"])).unwrap();

    let withdrawn = Application {
        state: ApplicationState::Withdrawn,
        ..first.clone()
    };
    save(store, &withdrawn, ApplicationAction::Withdraw).unwrap();
    assert_eq!(open(&["330106"]), None);
    insert(store, &same_person(5, &["330106"])).unwrap();
}

/// A division waits as long as an open application other than one's own wants it.
pub fn divisions_wait_while_an_application_is_open<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    let (first, second) = (application(1, &["330106", "330105"]), application(2, &["330106"]));
    for application in [&first, &second] {
        insert(store, application).unwrap();
    }
    let codes = ["330108", "330106", "330105"].map(|code| code.parse().unwrap());
    let waiting = |except| -> Vec<_> {
        let found = read(store, |session| session.list_waiting_divisions(&codes, except));
        found.iter().map(ToString::to_string).collect()
    };
    assert_eq!(waiting(None), ["330105", "330106"]);
    assert_eq!(waiting(Some(first.id)), ["330106"]);
    let reason = Reason::parse("已有代理商").unwrap();
    let rejected = Application {
        state: ApplicationState::Rejected { reason },
        ..second
    };
    save(store, &rejected, ApplicationAction::Reject).unwrap();
    assert_eq!(waiting(Some(first.id)), Vec::<String>::new());
}

/// Pages come newest first, without gap or repetition, within the scope, and conditions combine.
pub fn applications_are_paged_and_filtered<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    let own = |application: Application| Application {
        account_id: account_id(50),
        ..application
    };
    let all = [
        own(application(1, &["330106"])),
        own(Application {
            level: AgentLevel::City,
            ..application(2, &["330100"])
        }),
        application(3, &["330106", "330105"]),
        own(application(4, &["310101"])),
        own(application(5, &["330106109"])),
    ];
    for application in &all {
        insert(store, application).unwrap();
    }
    let reviewing = Application {
        state: ApplicationState::Reviewing,
        ..all[2].clone()
    };
    save(store, &reviewing, ApplicationAction::OpenReview).unwrap();

    let walk = |scope, filter: ApplicationFilter| {
        let (mut seen, mut page) = (
            Vec::new(),
            PageRequest {
                limit: 2,
                after: None,
            },
        );
        loop {
            let answer = read(store, |session| session.list_applications(scope, &filter, &page));
            seen.extend(answer.items.iter().map(|application| application.id));
            match answer.next {
                Some(next) => page.after = Some(next),
                None => return seen,
            }
        }
    };
    let ids = |numbers: &[usize]| {
        numbers
            .iter()
            .map(|number| all[number - 1].id)
            .collect::<Vec<_>>()
    };
    let any = ApplicationFilter::default();
    assert_eq!(walk(ApplicationScope::All, any), ids(&[5, 4, 3, 2, 1]));
    assert_eq!(
        walk(ApplicationScope::Own(account_id(50)), any),
        ids(&[5, 4, 2, 1])
    );
    assert_eq!(walk(ApplicationScope::Own(account_id(51)), any), []);
    let state = |state| ApplicationFilter {
        state: Some(state),
        ..any
    };
    assert_eq!(
        walk(ApplicationScope::All, state(StateName::Reviewing)),
        ids(&[3])
    );
    let span = "330000".parse::<kernel::DivisionCode>().unwrap().span();
    let filter = ApplicationFilter {
        state: Some(StateName::Submitted),
        level: Some(AgentLevel::County),
        span: Some(span),
    };
    assert_eq!(walk(ApplicationScope::All, filter), ids(&[5, 1]));
}
