//! What inboxes promise.

use crate::{
    SeededIds, Store,
    build::{
        agents::{account_id, application},
        customers::customer,
        inventory::product,
        orders::order,
    },
    instant,
};
use agents::{ApplicationAction, ApplicationRepository, ApplicationState, HistoryEntry};
use customers::CustomerRepository;
use events::{
    Audience, Event, Fact, InboxRepository, MAXIMUM_COUNTED_UNREAD, Message, MessageNumber, tell_recipients,
};
use identity::{Account, AccountRepository, Membership, MembershipRepository, Position};
use inventory::ProductRepository;
use kernel::{
    AccountId, AgentId, CourierId, CustomerId, EventId, Instant, MembershipId, OrderId, PageRequest,
    PersonName, RepositoryError, Text,
};
use orders::OrderRepository;
use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::Duration,
};
use uuid::Uuid;

fn write<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn account(number: u16) -> Account {
    Account {
        id: account_id(number),
        username: None,
        name: PersonName::parse("张三").unwrap(),
        password_hash: None,
        privacy_policy_version: None,
        disabled_at: None,
        created_at: now(),
        version: 1,
    }
}

fn membership(number: u16, position: Position) -> Membership {
    Membership {
        id: MembershipId::from_uuid(Uuid::from_u128(u128::from(number))),
        account_id: account_id(number),
        position,
        created_at: now(),
        ended_at: None,
    }
}

fn event(id: u128) -> Event {
    Event {
        id: EventId::from_uuid(Uuid::from_u128(id)),
        agent_id: AgentId::HEADQUARTERS,
        aggregate_id: Uuid::from_u128(id),
        aggregate_version: 1,
        occurred_at: now(),
        fact: Fact::OrderPlaced {
            order_id: OrderId::from_uuid(Uuid::from_u128(id)),
        },
    }
}

/// Puts the events into the inboxes of the accounts.
fn insert(
    session: &mut (impl InboxRepository + ?Sized),
    accounts: &[AccountId],
    events: &[Event],
) -> Result<(), RepositoryError> {
    let told: BTreeMap<_, Vec<&Event>> = accounts
        .iter()
        .map(|account_id| (*account_id, events.iter().collect()))
        .collect();
    session.insert_messages(&told)
}

fn numbers(messages: &[Message]) -> Vec<(MessageNumber, EventId)> {
    messages
        .iter()
        .map(|message| (message.number, message.event_id))
        .collect()
}

/// Each audience is whoever it says, now: not whose membership ended, whose account is disabled, or whom another agent has.
#[expect(clippy::too_many_lines, reason = "a world is made in one go")]
pub fn audiences_are_the_accounts_behind_them<S: Store>(store: &S)
where
    S::Session: InboxRepository
        + AccountRepository
        + MembershipRepository
        + CustomerRepository
        + OrderRepository
        + ProductRepository
        + ApplicationRepository,
{
    let own = AgentId::from_uuid(Uuid::from_u128(7));
    let other = AgentId::from_uuid(Uuid::from_u128(8));
    let courier_id = CourierId::from_uuid(Uuid::from_u128(70));
    let customer_id = CustomerId::from_uuid(Uuid::from_u128(1));
    let placed = order(&SeededIds::new(1), now(), 1, customer_id);
    let (waiting, asked, decided) = (
        application(20, &["330106"]),
        application(21, &["330105"]),
        application(22, &["330104"]),
    );
    let submitted = |account_id| HistoryEntry {
        at: now(),
        actor: Some(account_id),
        action: ApplicationAction::Submit,
        from: None,
        to: agents::StateName::Submitted,
        held_until: None,
        reason: None,
    };
    write(store, |session| {
        session.insert_accounts(&(1..=12).chain(20..=22).map(account).collect::<Vec<_>>())?;
        let positions = [
            (1, Position::HqAdmin),
            (2, Position::Operator),
            (3, Position::Auditor),
            (4, Position::AgentOwner(own)),
            (5, Position::AgentStaff(own)),
            (6, Position::AgentStaff(other)),
            (
                7,
                Position::Courier {
                    agent_id: own,
                    courier_id,
                },
            ),
            (8, Position::Customer(customer_id)),
            (9, Position::AgentStaff(own)),
            (10, Position::AgentStaff(own)),
        ];
        session.insert_memberships(&positions.map(|(number, position)| membership(number, position)))?;
        session.end_membership(&membership(9, Position::AgentStaff(own)), now())?;
        session.save_account(&Account {
            disabled_at: Some(now()),
            ..account(10)
        })?;
        let mut ordering = customer(1);
        ordering.account_id = Some(account_id(8));
        session.insert_customers(&[ordering])?;
        session.insert_products(&[product(1)])?;
        session.insert_orders(std::slice::from_ref(&placed))?;
        for application in [&waiting, &asked, &decided] {
            session.insert_application(application, &submitted(application.account_id))?;
        }
        for (application, state, action) in [
            (
                &asked,
                ApplicationState::SupplementRequired {
                    request: Text::parse("请补充").unwrap(),
                },
                ApplicationAction::RequestSupplement,
            ),
            (&decided, ApplicationState::Withdrawn, ApplicationAction::Withdraw),
        ] {
            let to = state.name();
            let changed = agents::Application {
                deadline: application.deadline.filter(|_| to.is_open()),
                state,
                ..application.clone()
            };
            let entry = HistoryEntry {
                action,
                from: Some(agents::StateName::Submitted),
                to,
                ..submitted(application.account_id)
            };
            session.save_application(&changed, &entry)?;
        }
        Ok(())
    });
    let hq = Audience::Office(AgentId::HEADQUARTERS);
    let cases = [
        (hq, &[1, 2][..]),
        (Audience::Office(own), &[4, 5]),
        (Audience::Office(other), &[6]),
        (
            Audience::Courier {
                agent_id: own,
                courier_id,
            },
            &[7],
        ),
        (
            Audience::Courier {
                agent_id: other,
                courier_id,
            },
            &[],
        ),
        (
            Audience::Customer {
                agent_id: placed.agent_id,
                order_id: placed.id,
            },
            &[8],
        ),
        (
            Audience::Customer {
                agent_id: own,
                order_id: placed.id,
            },
            &[],
        ),
        (Audience::Applicant(waiting.id), &[20]),
        (Audience::Awaited(waiting.id), &[1, 2]),
        (Audience::Awaited(asked.id), &[21]),
        (Audience::Awaited(decided.id), &[]),
    ];
    let asked_for = cases.iter().map(|(audience, _)| *audience).collect();
    let found = write(store, |session| session.find_recipients(&asked_for));
    for (audience, accounts) in cases {
        let accounts: BTreeSet<_> = accounts.iter().copied().map(account_id).collect();
        assert_eq!(
            found.get(&audience).cloned().unwrap_or_default(),
            accounts,
            "{audience:?}"
        );
    }
}

/// Messages are numbered from 1 in each inbox; one event is in an inbox once, and each inbox is its account's alone.
pub fn messages_are_numbered_and_an_event_is_told_once<S: Store>(store: &S)
where
    S::Session: InboxRepository,
{
    let (first, second, third) = (event(9), event(3), event(5));
    let (own, other) = (account_id(1), account_id(2));
    write(store, |session| {
        insert(session, &[own, other], &[first.clone(), second.clone()])
    });
    // Again, among what is new.
    write(store, |session| {
        insert(session, &[own], &[second.clone(), third.clone()])
    });
    let everybody = BTreeSet::from([own, other, account_id(3)]);
    let (messages, others, heads) = write(store, |session| {
        Ok((
            session.list_messages_after(own, 0, 10)?,
            session.list_messages_after(other, 0, 10)?,
            session.find_inbox_heads(&everybody)?,
        ))
    });
    assert_eq!(
        messages
            .iter()
            .map(|message| message.event_id)
            .collect::<Vec<_>>(),
        [first.id, second.id, third.id]
    );
    assert!(messages.is_sorted_by(|one, next| one.number < next.number));
    assert_eq!(numbers(&others), [(1, first.id), (2, second.id)]);
    let last = messages.last().unwrap().number;
    assert_eq!(heads.keys().copied().collect::<Vec<_>>(), [own, other]);
    assert!(heads[&own] >= last);
    assert_eq!(
        messages[0],
        Message {
            account_id: own,
            number: 1,
            event_id: first.id,
            agent_id: first.agent_id,
            occurred_at: first.occurred_at,
            fact: first.fact.clone(),
            read_at: None,
        }
    );
    let after = write(store, |session| session.list_messages_after(own, 1, 1));
    assert_eq!(numbers(&after), [(2, second.id)]);
}

/// Who has seen a number has seen all before it, however many transactions write at once.
pub fn numbers_come_in_the_order_of_commits<S: Store>(store: &S)
where
    S::Session: InboxRepository,
{
    const WRITERS: u128 = 4;
    const EVENTS: u128 = 20;
    let reader = account_id(1);
    let mut seen = Vec::new();
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn(move || {
                    for number in 0..EVENTS {
                        let event = event(1 + writer * EVENTS + number);
                        // Each has an inbox of its own beside the common one.
                        let accounts = [reader, account_id(u16::try_from(10 + writer).unwrap())];
                        write(store, |session| {
                            insert(session, &accounts, std::slice::from_ref(&event))
                        });
                    }
                })
            })
            .collect();
        let mut last = 0;
        loop {
            let finished = writers.iter().all(thread::ScopedJoinHandle::is_finished);
            let newer = write(store, |session| session.list_messages_after(reader, last, 7));
            last = newer.last().map_or(last, |message| message.number);
            let done = newer.is_empty() && finished;
            seen.extend(newer.into_iter().map(|message| message.event_id));
            if done {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
    });
    let all = usize::try_from(WRITERS * EVENTS).unwrap();
    assert_eq!(seen.len(), all, "none twice");
    assert_eq!(
        seen.into_iter().collect::<BTreeSet<_>>().len(),
        all,
        "none missed"
    );
}

/// A list goes backwards in pages, all of it or what is not read; reading marks one's own, once.
pub fn messages_are_listed_and_marked_read<S: Store>(store: &S)
where
    S::Session: InboxRepository,
{
    let (own, other) = (account_id(1), account_id(2));
    let events: Vec<_> = (1..=5).map(event).collect();
    let later = now() + Duration::from_secs(9);
    write(store, |session| insert(session, &[own, other], &events));
    let page = |after| PageRequest { limit: 2, after };
    let (marked, again, missing) = write(store, |session| {
        Ok((
            session.mark_message_read(own, events[3].id, now())?,
            session.mark_message_read(own, events[3].id, later)?,
            session.mark_message_read(own, event(99).id, now())?,
        ))
    });
    assert_eq!((marked, again, missing), (true, true, false));
    let (newest, older, unread, counts) = write(store, |session| {
        Ok((
            session.list_messages(own, false, &page(None))?,
            session.list_messages(own, false, &page(Some(4)))?,
            session.list_messages(own, true, &page(Some(5)))?,
            [
                session.count_unread_messages(own)?,
                session.count_unread_messages(other)?,
            ],
        ))
    });
    assert_eq!(numbers(&newest.items), [(5, events[4].id), (4, events[3].id)]);
    assert_eq!(newest.next, Some(4));
    assert_eq!(newest.items[1].read_at, Some(now()), "the first time stays");
    assert_eq!(numbers(&older.items), [(3, events[2].id), (2, events[1].id)]);
    assert_eq!(numbers(&unread.items), [(3, events[2].id), (2, events[1].id)]);
    assert_eq!(counts, [4, 5]);
    let (left, others, read_at) = write(store, |session| {
        session.mark_messages_read(own, 4, later)?;
        Ok((
            session.count_unread_messages(own)?,
            session.count_unread_messages(other)?,
            session.list_messages(own, false, &page(None))?.items[1].read_at,
        ))
    });
    assert_eq!((left, others, read_at), (1, 5, Some(now())));
}

/// Unread messages are counted up to a bound.
pub fn unread_messages_are_counted_up_to_a_bound<S: Store>(store: &S)
where
    S::Session: InboxRepository,
{
    let bound = u128::from(MAXIMUM_COUNTED_UNREAD);
    let own = account_id(1);
    let events: Vec<_> = (1..bound).map(event).collect();
    let count = |events: &[Event]| {
        write(store, |session| {
            insert(session, &[own], events)?;
            session.count_unread_messages(own)
        })
    };
    assert_eq!(u128::from(count(&events)), bound - 1);
    assert_eq!(u128::from(count(&[event(bound), event(bound + 1)])), bound);
}

/// An event goes to everybody in its audience once, though they stand in two of them, and to nobody else.
pub fn whoever_an_event_concerns_is_told<S: Store>(store: &S)
where
    S::Session: InboxRepository + AccountRepository + MembershipRepository + ApplicationRepository,
{
    let applied = application(1, &["330106"]);
    let entry = HistoryEntry {
        at: now(),
        actor: Some(applied.account_id),
        action: ApplicationAction::Submit,
        from: None,
        to: agents::StateName::Submitted,
        held_until: None,
        reason: None,
    };
    let lapsed = Event {
        fact: Fact::ApplicationHoldLapsed {
            application_id: applied.id,
        },
        ..event(1)
    };
    // Nobody's, whatever else happens with it.
    let nobodys = Event {
        fact: Fact::CustomerChanged {
            customer_id: CustomerId::from_uuid(Uuid::from_u128(1)),
        },
        ..event(2)
    };
    let inboxes = write(store, |session| {
        session.insert_accounts(&[account(1), account(2), account(3)])?;
        // The applicant works at headquarters too.
        session.insert_memberships(&[
            membership(1, Position::Operator),
            membership(2, Position::HqAdmin),
            membership(3, Position::Auditor),
        ])?;
        session.insert_application(&applied, &entry)?;
        tell_recipients(session, &[lapsed.clone(), nobodys.clone()])?;
        tell_recipients(session, std::slice::from_ref(&lapsed))?;
        [1, 2, 3]
            .map(|number| session.list_messages_after(account_id(number), 0, 10))
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
    });
    assert_eq!(
        inboxes
            .iter()
            .map(|messages| numbers(messages))
            .collect::<Vec<_>>(),
        [vec![(1, lapsed.id)], vec![(1, lapsed.id)], vec![]]
    );
}
