//! What the port of applications promises.

use crate::{
    Store,
    build::agents::{account_id, application},
    instant,
};
use agents::{
    AgentLevel, Application, ApplicationAction, ApplicationFilter, ApplicationOrder, ApplicationRepository,
    ApplicationScope, ApplicationState, Deadline, Finding, FindingCode, HistoryEntry, Hold, Reason,
    StateName,
};
use kernel::{AgentId, DivisionCode, DivisionSpan, PageRequest, RepositoryError};

fn submitted(application: &Application) -> HistoryEntry {
    HistoryEntry {
        at: application.submitted_at,
        actor: Some(application.account_id),
        action: ApplicationAction::Submit,
        from: None,
        to: StateName::Submitted,
        held_until: None,
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
        actor: Some(account_id(99)),
        action,
        from: Some(StateName::Submitted),
        to: application.state.name(),
        held_until: None,
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
            deadline: loaded.deadline.filter(|_| state.name().is_open()),
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
        deadline: None,
        ..first.clone()
    };
    save(store, &withdrawn, ApplicationAction::Withdraw).unwrap();
    assert_eq!(open(&["330106"]), None);
    insert(store, &same_person(5, &["330106"])).unwrap();
}

/// Open applications are counted for each division they want, and up to one of them: that is its place.
pub fn open_applications_are_counted_with_their_place<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    let all = [
        application(1, &["330106", "330105"]),
        application(2, &["330106"]),
        application(3, &["330106"]),
    ];
    for application in &all {
        insert(store, application).unwrap();
    }
    let codes = ["330108", "330106", "330105"].map(|code| code.parse().unwrap());
    let counted = |through| -> Vec<_> {
        let found = read(store, |session| session.count_waiting(&codes, through));
        found
            .iter()
            .map(|(code, count)| (code.to_string(), *count))
            .collect()
    };
    let expected = |counts: &[(&str, u64)]| -> Vec<_> {
        let counts = counts.iter();
        counts.map(|(code, count)| ((*code).to_owned(), *count)).collect()
    };
    assert_eq!(counted(None), expected(&[("330105", 1), ("330106", 3)]));
    assert_eq!(
        counted(Some(all[1].id)),
        expected(&[("330105", 1), ("330106", 2)])
    );
    let reason = Reason::parse("已有代理商").unwrap();
    let rejected = Application {
        state: ApplicationState::Rejected { reason },
        deadline: None,
        ..all[0].clone()
    };
    save(store, &rejected, ApplicationAction::Reject).unwrap();
    assert_eq!(counted(None), expected(&[("330106", 2)]));
    assert_eq!(counted(Some(all[1].id)), expected(&[("330106", 1)]));
}

fn held(application: &Application, until: &str) -> Application {
    Application {
        on_hold_until: Some(instant(until)),
        ..application.clone()
    }
}

/// Saves the application as somebody does who holds or releases it at that instant.
fn save_held<S: Store>(store: &S, application: &Application, at: &str) -> Result<(), RepositoryError>
where
    S::Session: ApplicationRepository,
{
    let entry = HistoryEntry {
        at: instant(at),
        actor: None,
        action: ApplicationAction::Hold,
        from: Some(StateName::Submitted),
        to: application.state.name(),
        held_until: application.on_hold_until,
        reason: None,
    };
    store.write(|session| session.save_application(application, &entry))
}

fn holds<S: Store>(store: &S, now: &str) -> Vec<(String, Hold)>
where
    S::Session: ApplicationRepository,
{
    let codes = ["330108", "330106", "330105"].map(|code| code.parse().unwrap());
    let found = read(store, |session| session.list_holds(&codes, instant(now)));
    let all = read(store, |session| session.list_all_holds(instant(now)));
    assert_eq!(all, found, "nothing else is on hold");
    found
        .into_iter()
        .map(|hold| (hold.division_code.to_string(), hold))
        .collect()
}

/// A division is on hold for one application at a time, until the instant named or until the application is closed, and
/// what is over is in nobody's way.
pub fn a_division_is_on_hold_for_one_application_at_a_time<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    const EARLY: &str = "2026-11-23T08:00:00Z";
    const UNTIL: &str = "2026-11-30T16:00:00Z";
    let (first, second) = (application(1, &["330106", "330105"]), application(2, &["330106"]));
    for application in [&first, &second] {
        insert(store, application).unwrap();
    }
    let first = held(&first, UNTIL);
    save_held(store, &first, EARLY).unwrap();
    let seen = holds(store, EARLY);
    let codes: Vec<_> = seen.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["330105", "330106"]);
    assert!(
        seen.iter()
            .all(|(_, hold)| hold.application_id == first.id && hold.until == instant(UNTIL))
    );
    let found = read(store, |session| {
        session.find_application(ApplicationScope::All, first.id)
    });
    assert_eq!(found.unwrap().on_hold_until, Some(instant(UNTIL)));
    let history = read(store, |session| session.list_application_history(&first));
    assert_eq!(
        (history[1].actor, history[1].held_until),
        (None, Some(instant(UNTIL)))
    );

    let second = held(&second, "2026-12-15T16:00:00Z");
    let refused = save_held(store, &second, EARLY);
    assert!(
        matches!(refused, Err(RepositoryError::LostRace(_))),
        "{refused:?}"
    );
    // One's own is renewed. It ends at its instant, and another takes the division.
    let first = Application { version: 2, ..first };
    save_held(store, &first, EARLY).unwrap();
    assert_eq!(holds(store, UNTIL), []);
    save_held(store, &second, UNTIL).unwrap();
    // What the first one still says is over: saving it takes nothing back.
    let first = Application { version: 3, ..first };
    save_held(store, &first, UNTIL).unwrap();
    let seen = holds(store, UNTIL);
    assert_eq!(
        (seen.len(), seen[0].0.as_str(), seen[0].1.application_id),
        (1, "330106", second.id)
    );
    let withdrawn = Application {
        state: ApplicationState::Withdrawn,
        on_hold_until: None,
        deadline: None,
        version: 2,
        ..second
    };
    save_held(store, &withdrawn, UNTIL).unwrap();
    assert_eq!(holds(store, UNTIL), []);
}

/// Of applications for which one division is put on hold at once, one wins.
pub fn of_holds_at_once_one_wins<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    let applications: Vec<_> = (1..=8)
        .map(|id| {
            application(
                id,
                if id % 2 == 0 {
                    &["330106", "330105"]
                } else {
                    &["330105", "330106"]
                },
            )
        })
        .collect();
    for application in &applications {
        insert(store, application).unwrap();
    }
    let at = "2026-11-23T08:00:00Z";
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = applications
            .iter()
            .map(|application| {
                let application = held(application, "2026-11-30T16:00:00Z");
                scope.spawn(move || save_held(store, &application, at))
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let lost = |outcome: &&Result<(), RepositoryError>| matches!(outcome, Err(RepositoryError::LostRace(_)));
    assert_eq!(outcomes.iter().filter(lost).count(), 7, "{outcomes:?}");
    let seen = holds(store, at);
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].1.application_id, seen[1].1.application_id);
}

/// A hold that is over is found until it is noted, the one that ended first first.
pub fn holds_that_are_over_are_found_until_that_is_noted<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    const AT: &str = "2026-11-23T08:00:00Z";
    const EDGE: &str = "2026-11-30T16:00:00Z";
    let cases = [
        (1, "330106", EDGE),
        (2, "330105", "2026-11-29T16:00:00Z"),
        (3, "330108", "2026-11-30T16:00:00.000001Z"),
    ];
    for (id, code, until) in cases {
        let application = application(id, &[code]);
        insert(store, &application).unwrap();
        save_held(store, &held(&application, until), AT).unwrap();
    }
    insert(store, &application(4, &["330102"])).unwrap();
    let found = |limit| read(store, |session| session.find_lapsed_holds(instant(EDGE), limit));
    let ids = |found: &[Application]| found.iter().map(|found| found.id).collect::<Vec<_>>();
    assert_eq!(ids(&found(10)), [2, 1].map(|id| application(id, &["330106"]).id));
    let first = found(1).remove(0);
    assert_eq!(first.id, application(2, &["330106"]).id);
    let noted = Application {
        on_hold_until: None,
        ..first
    };
    save_held(store, &noted, EDGE).unwrap();
    assert_eq!(ids(&found(10)), [application(1, &["330106"]).id]);
}

/// Whose deadline is near is found once: until somebody was reminded, and until the application is closed.
pub fn deadlines_are_found_until_somebody_is_reminded<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    const EDGE: &str = "2026-11-29T16:00:00Z";
    let due = |id, at: &str| Application {
        deadline: Some(Deadline {
            at: instant(at),
            reminded: false,
        }),
        ..application(id, &["330106"])
    };
    let all = [
        due(1, EDGE),
        due(2, "2026-11-28T16:00:00Z"),
        due(3, "2026-11-29T16:00:00.000001Z"),
        due(4, EDGE),
    ];
    for application in &all {
        insert(store, application).unwrap();
    }
    let found = |limit| -> Vec<_> {
        let until = instant(EDGE);
        let found = read(store, |session| {
            session.find_unreminded_applications(until, limit)
        });
        found.into_iter().map(|application| application.id).collect()
    };
    assert_eq!(found(10), [all[1].id, all[0].id, all[3].id]);
    assert_eq!(found(1), [all[1].id]);
    let reminded = Application {
        deadline: all[1].deadline.map(|deadline| Deadline {
            reminded: true,
            ..deadline
        }),
        ..all[1].clone()
    };
    save(store, &reminded, ApplicationAction::Remind).unwrap();
    let withdrawn = Application {
        state: ApplicationState::Withdrawn,
        deadline: None,
        ..all[3].clone()
    };
    save(store, &withdrawn, ApplicationAction::Withdraw).unwrap();
    assert_eq!(found(10), [all[0].id]);
    let seen = read(store, |session| {
        session.find_application(ApplicationScope::All, reminded.id)
    });
    assert_eq!(seen.unwrap().deadline, reminded.deadline);
}

/// Open applications inside the spans come oldest first, as they are, and never more than asked for.
pub fn open_applications_are_locked_oldest_first<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    let all = [
        application(1, &["330106", "330106109"]),
        application(2, &["310101"]),
        application(3, &["330105"]),
        application(4, &["330106109"]),
        application(5, &["330106"]),
    ];
    for application in all.iter().rev() {
        insert(store, application).unwrap();
    }
    let withdrawn = Application {
        state: ApplicationState::Withdrawn,
        deadline: None,
        ..all[4].clone()
    };
    save(store, &withdrawn, ApplicationAction::Withdraw).unwrap();
    let locked = |spans: &[DivisionSpan], limit| -> Vec<_> {
        let found = read(store, |session| session.lock_open_applications(spans, limit));
        found.into_iter().map(|application| application.id).collect()
    };
    let code: DivisionCode = "330106".parse().unwrap();
    let other: DivisionCode = "330105".parse().unwrap();
    assert_eq!(locked(&[], 10), []);
    assert_eq!(locked(&[code.span()], 10), [all[0].id, all[3].id]);
    assert_eq!(
        locked(&[DivisionSpan::only(code), other.span()], 10),
        [all[0].id, all[2].id]
    );
    assert_eq!(locked(&[other.span(), code.span()], 2), [all[0].id, all[2].id]);
    let whole = read(store, |session| {
        session.lock_open_applications(&[other.span()], 10)
    });
    assert_eq!(whole, [all[2].clone()]);
}

/// Five applications, all but the third one account's, that differ in what they are filtered and sorted by.
fn five_applications<S: Store>(store: &S) -> [Application; 5]
where
    S::Session: ApplicationRepository,
{
    let own = |application: Application| Application {
        account_id: account_id(50),
        ..application
    };
    let with = |codes: &[FindingCode], application: Application| Application {
        findings: codes
            .iter()
            .map(|code| Finding {
                code: *code,
                division_code: None,
            })
            .collect(),
        ..application
    };
    let (blocking, advisory) = (FindingCode::LevelMismatch, FindingCode::AttachmentMissing);
    let all = [
        own(Application {
            submitted_at: instant("2026-11-20T08:00:00Z"),
            deadline: Some(Deadline {
                at: instant("2026-11-24T16:00:00Z"),
                reminded: true,
            }),
            ..application(1, &["330106"])
        }),
        own(Application {
            level: AgentLevel::City,
            ..with(&[blocking], application(2, &["330100"]))
        }),
        application(3, &["330106", "330105"]),
        own(with(&[blocking, advisory], application(4, &["310101"]))),
        own(with(&[advisory], application(5, &["330106109"]))),
    ];
    for application in &all {
        insert(store, application).unwrap();
    }
    let reviewing = Application {
        state: ApplicationState::Reviewing,
        ..all[2].clone()
    };
    save(store, &reviewing, ApplicationAction::OpenReview).unwrap();
    all
}

/// Pages come newest first, without gap or repetition, within the scope, and conditions combine.
pub fn applications_are_paged_and_filtered<S: Store>(store: &S)
where
    S::Session: ApplicationRepository,
{
    let all = five_applications(store);
    let walk = |scope, filter: &ApplicationFilter, order| {
        let (mut seen, mut page) = (
            Vec::new(),
            PageRequest {
                limit: 2,
                after: None,
            },
        );
        loop {
            let answer = read(store, |session| {
                session.list_applications(scope, filter, order, &page)
            });
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
    let newest = |filter: ApplicationFilter| walk(ApplicationScope::All, &filter, ApplicationOrder::Newest);
    let any = ApplicationFilter::default();
    let own = |number| {
        walk(
            ApplicationScope::Own(account_id(number)),
            &any,
            ApplicationOrder::Newest,
        )
    };
    assert_eq!(newest(any.clone()), ids(&[5, 4, 3, 2, 1]));
    assert_eq!(own(50), ids(&[5, 4, 2, 1]));
    assert_eq!(own(51), []);
    for (order, expected) in [
        (ApplicationOrder::Oldest, [1, 2, 3, 4, 5]),
        (ApplicationOrder::Findings, [4, 2, 5, 1, 3]),
    ] {
        assert_eq!(walk(ApplicationScope::All, &any, order), ids(&expected));
    }
    let states = |states: &[StateName]| ApplicationFilter {
        states: states.iter().copied().collect(),
        ..ApplicationFilter::default()
    };
    assert_eq!(newest(states(&[StateName::Reviewing])), ids(&[3]));
    let both = states(&[StateName::Reviewing, StateName::Submitted]);
    assert_eq!(newest(both), ids(&[5, 4, 3, 2, 1]));
    let span = "330000".parse::<DivisionCode>().unwrap().span();
    let filter = ApplicationFilter {
        level: Some(AgentLevel::County),
        span: Some(span),
        ..states(&[StateName::Submitted])
    };
    assert_eq!(newest(filter), ids(&[5, 1]));
    let found = |finding| ApplicationFilter {
        finding: Some(finding),
        ..ApplicationFilter::default()
    };
    assert_eq!(newest(found(FindingCode::LevelMismatch)), ids(&[4, 2]));
    assert_eq!(newest(found(FindingCode::AttachmentMissing)), ids(&[5, 4]));
    assert_eq!(newest(found(FindingCode::AlreadyAgent)), []);
    let overdue = |instant_text| ApplicationFilter {
        overdue_at: Some(instant(instant_text)),
        ..ApplicationFilter::default()
    };
    assert_eq!(newest(overdue("2026-11-24T16:00:00Z")), ids(&[1]));
    assert_eq!(newest(overdue("2026-11-24T15:59:59.999999Z")), []);
    let submitted = |from: Option<&str>, until: Option<&str>| ApplicationFilter {
        submitted_from: from.map(instant),
        submitted_until: until.map(instant),
        ..ApplicationFilter::default()
    };
    let edge = Some("2026-11-20T08:00:00Z");
    assert_eq!(newest(submitted(edge, None)), ids(&[5, 4, 3, 2, 1]));
    assert_eq!(newest(submitted(None, edge)), []);
    let after = Some("2026-11-20T08:00:00.000001Z");
    assert_eq!(newest(submitted(edge, after)), ids(&[1]));
}
