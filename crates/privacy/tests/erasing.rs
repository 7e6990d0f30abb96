//! Erasing a person on the in-memory fake: what goes, what stays, and what stands in the way.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use agents::{
    AgentLevel, AgentRepository, Application, ApplicationAction, ApplicationRepository, ApplicationScope,
    HistoryEntry, StateName,
};
use customers::{AgentCustomerRepository, CustomerRepository};
use events::{Event, Fact, InboxRepository};
use identity::{
    AccountRepository, MembershipRepository, OpenAccount, PasswordHash, Position, Username, open_account,
};
use kernel::{AgentId, EventId, IdSource, Instant, PersonName, Scope, Text};
use orders::{Courier, CourierRepository, Order, OrderRepository, OrderState};
use privacy::{
    ErasePersonError, Erasure, ErasureRepository, Person, Refused, Subject, erase_person, erase_subject,
    held_about,
};
use testing::{
    Memory, SeededIds,
    build::{
        agents::{account_id, agent, application, contract},
        customers::{address, customer, customer_id, first_order},
        orders::{courier, order},
        territories::agent_id,
    },
    instant,
};

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

/// The account 1 in that position, whose customer is customer 1 with an address and a cancelled order at headquarters.
fn world(position: Position) -> (Memory, SeededIds, Person) {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let command = OpenAccount {
        id: account_id(1),
        username: Username::parse("zhang.san").unwrap(),
        password_hash: PasswordHash::from_text("hash".to_owned()),
        name: PersonName::parse("张三").unwrap(),
        privacy_policy_version: Some(Text::parse("2026-11").unwrap()),
        position,
    };
    open_account(&mut memory, &ids, now(), command).unwrap();
    let mut own = customer(1);
    own.account_id = Some(account_id(1));
    memory.insert_customers(&[own.clone(), customer(2)]).unwrap();
    memory.insert_addresses(&[address(1, 1), address(2, 2)]).unwrap();
    let known = [
        own.known_to(AgentId::HEADQUARTERS, Some(first_order(1))),
        customer(2).known_to(AgentId::HEADQUARTERS, None),
    ];
    memory.insert_agent_customers(&known).unwrap();
    let cancelled = Order {
        state: OrderState::Cancelled {
            reason: Some(Text::parse("张三不要了").unwrap()),
        },
        ..order(&ids, now(), 1, customer_id(1))
    };
    memory.insert_orders(&[cancelled]).unwrap();
    let person = Person::of_account(&mut memory, account_id(1)).unwrap();
    (memory, ids, person)
}

fn customer_position() -> Position {
    Position::Customer(customer_id(1))
}

#[test]
fn a_person_is_the_same_by_account_and_by_customer() {
    let (mut memory, _, person) = world(customer_position());
    assert_eq!(
        Person::of_customer(&mut memory, customer_id(1)).unwrap(),
        Some(person.clone())
    );
    assert_eq!(
        person.subjects(),
        [Subject::Customer(customer_id(1)), Subject::Account(account_id(1))]
    );
    let other = Person::of_customer(&mut memory, customer_id(2)).unwrap().unwrap();
    assert_eq!(other.account_id, None);
    assert_eq!(Person::of_customer(&mut memory, customer_id(9)).unwrap(), None);
}

#[test]
fn everything_personal_goes_and_nobody_else_is_touched() {
    let (mut memory, ids, person) = world(customer_position());
    let submitted = HistoryEntry {
        at: now(),
        actor: Some(account_id(1)),
        action: ApplicationAction::Submit,
        from: None,
        to: StateName::Submitted,
        held_until: None,
        reason: None,
    };
    let wanted = Application {
        attachments: Vec::new(),
        ..application(1, &["330106"])
    };
    memory.insert_application(&wanted, &submitted).unwrap();
    let told = Event {
        id: EventId::from_uuid(ids.next_uuid(now())),
        agent_id: AgentId::HEADQUARTERS,
        aggregate_id: wanted.id.as_uuid(),
        aggregate_version: 1,
        occurred_at: now(),
        fact: Fact::ApplicationSubmitted {
            application_id: wanted.id,
        },
    };
    let inboxes = [1, 2].map(|number| (account_id(number), vec![&told]));
    memory.insert_messages(&inboxes.into()).unwrap();
    let held = held_about(&mut memory, &person).unwrap();
    assert_eq!(held.account.unwrap().messages.len(), 1);
    erase_person(&mut memory, &ids, now(), &person).unwrap();
    for (number, left) in [(1, 0), (2, 1)] {
        let messages = memory.list_messages_after(account_id(number), 0, 10).unwrap();
        assert_eq!(messages.len(), left);
    }

    let account = memory.find_account(account_id(1)).unwrap().unwrap();
    assert_eq!(account.name, PersonName::erased());
    assert_eq!((account.username, account.password_hash), (None, None));
    assert_eq!(account.disabled_at, Some(now()));
    assert!(
        memory.list_memberships(account_id(1)).unwrap()[0]
            .ended_at
            .is_some()
    );
    let customers = memory
        .find_customers(&[customer_id(1), customer_id(2)].into())
        .unwrap();
    let gone = &customers[&customer_id(1)];
    assert_eq!((&gone.name, &gone.phone), (&PersonName::erased(), &None));
    assert!(gone.is_erased());
    assert_eq!(customers[&customer_id(2)], customer(2));
    assert!(memory.list_addresses(&customer(1)).unwrap().is_empty());
    assert_eq!(memory.list_addresses(&customer(2)).unwrap().len(), 1);
    let left = memory.orders().next().unwrap().clone();
    assert_eq!(left.clone().without_person(), left);
    assert_eq!(left.state, OrderState::Cancelled { reason: None });
    let found = memory.find_application(ApplicationScope::All, wanted.id).unwrap();
    assert_eq!(found, None);

    // Once more, later, changes nothing of what is told.
    let noted = memory.list_erasures().unwrap();
    let later = instant("2026-11-23T08:00:00Z");
    erase_person(&mut memory, &ids, later, &person).unwrap();
    assert_eq!(memory.list_erasures().unwrap(), noted);
    let account = memory.find_account(account_id(1)).unwrap().unwrap();
    assert_eq!(account.disabled_at, Some(now()));
}

#[test]
fn whoever_is_bound_is_not_erased_and_nothing_changes() {
    let refused = |memory: &mut Memory, ids: &SeededIds, person: &Person| match erase_person(
        memory,
        ids,
        now(),
        person,
    ) {
        Err(ErasePersonError::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    };
    for position in [
        Position::HqAdmin,
        Position::Operator,
        Position::Auditor,
        Position::AgentStaff(agent_id(1)),
        Position::Courier {
            agent_id: agent_id(1),
            courier_id: courier(1, agent_id(1)).id,
        },
    ] {
        let (mut memory, ids, person) = world(position);
        assert_eq!(refused(&mut memory, &ids, &person), Refused::Employed);
        // What had been decided is done again, whatever binds them in the backup.
        let erasure = Erasure {
            subject: Subject::Account(account_id(1)),
            at: now(),
        };
        erase_subject(&mut memory, &ids, now(), &erasure).unwrap();
        let memberships = memory.list_memberships(account_id(1)).unwrap();
        assert!(memberships[0].ended_at.is_some());
    }

    let (mut memory, ids, person) = world(Position::AgentOwner(agent_id(1)));
    memory.insert_agents(&[agent(1)]).unwrap();
    memory
        .insert_contracts(&[contract(1, AgentLevel::County)])
        .unwrap();
    assert_eq!(refused(&mut memory, &ids, &person), Refused::HoldsContract);
    let over = instant("2027-01-01T00:00:00Z");
    erase_person(&mut memory, &ids, over, &person).unwrap();
    let party = memory.find_agents(&[agent_id(1)]).unwrap();
    assert_eq!(party[&agent_id(1)], agent(1), "a contract keeps its party");

    let courier_id = courier(1, AgentId::HEADQUARTERS).id;
    for state in [
        OrderState::Placed,
        OrderState::Assigned { courier_id },
        OrderState::OutForDelivery { courier_id },
        OrderState::Failed {
            courier_id,
            reason: Text::parse("无人在家").unwrap(),
        },
    ] {
        let (mut memory, ids, person) = world(customer_position());
        let open = Order {
            state,
            ..order(&ids, now(), 2, customer_id(1))
        };
        memory.insert_orders(std::slice::from_ref(&open)).unwrap();
        assert_eq!(refused(&mut memory, &ids, &person), Refused::OpenOrders);
        assert_eq!(memory.find_order(Scope::All, open.id).unwrap(), Some(open));
        assert!(memory.list_erasures().unwrap().is_empty());
        assert_eq!(memory.list_addresses(&customer(1)).unwrap().len(), 1);
    }
}

#[test]
fn who_is_the_courier_now_is_erased_and_whoever_was_it_before_takes_nothing_along() {
    for (now_of, erased) in [(account_id(1), true), (account_id(2), false)] {
        let known = Courier {
            account_id: Some(now_of),
            ..courier(1, agent_id(1))
        };
        let position = Position::Courier {
            agent_id: agent_id(1),
            courier_id: known.id,
        };
        let (mut memory, ids, person) = world(position);
        memory.insert_couriers(std::slice::from_ref(&known)).unwrap();
        let membership = memory.list_memberships(account_id(1)).unwrap()[0];
        memory.end_membership(&membership, now()).unwrap();
        let held = held_about(&mut memory, &person).unwrap();
        assert_eq!(held.couriers.contains(&known), erased);
        erase_person(&mut memory, &ids, now(), &person).unwrap();
        let left = memory.find_courier(Scope::All, known.id).unwrap().unwrap();
        if erased {
            assert_eq!((left.name, left.phone), (PersonName::erased(), None));
            assert!(!left.on_duty && left.account_id.is_none());
        } else {
            assert_eq!(left, known);
        }
    }
}

#[test]
fn a_subject_that_is_not_there_is_noted() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let erasures = [Subject::Account(account_id(5)), Subject::Customer(customer_id(6))]
        .map(|subject| Erasure { subject, at: now() });
    for erasure in &erasures {
        erase_subject(&mut memory, &ids, now(), erasure).unwrap();
    }
    assert_eq!(memory.list_erasures().unwrap(), erasures);
}
