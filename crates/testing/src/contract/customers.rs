//! What the repositories of customers promise.

use crate::{
    Store,
    build::customers::{address, customer, customer_id, first_order},
};
use customers::{
    AgentCustomer, AgentCustomerRepository, Customer, CustomerFilter, CustomerRepository, LastFour,
};
use kernel::{
    AccountId, AgentId, CourierId, MobileNumber, PageRequest, PersonName, ReachedAgent, RepositoryError,
    Scope,
};
use std::collections::BTreeSet;
use uuid::Uuid;

const HEADQUARTERS: AgentId = AgentId::HEADQUARTERS;

fn office(agent_id: AgentId) -> ReachedAgent {
    Scope::All.agent(agent_id).unwrap()
}

fn run<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

fn named(id: u16, name: &str) -> Customer {
    Customer {
        name: PersonName::parse(name).unwrap(),
        ..customer(id)
    }
}

fn filters() -> [(CustomerFilter, Vec<u128>); 5] {
    let by_name = |name: &str| CustomerFilter {
        name: Some(PersonName::parse(name).unwrap()),
        ..CustomerFilter::default()
    };
    let by_phone = CustomerFilter {
        phone: Some(MobileNumber::parse("13800000002").unwrap()),
        ..CustomerFilter::default()
    };
    let by_last_four = CustomerFilter {
        last_four: Some(LastFour::parse("0003").unwrap()),
        ..by_name("欧阳")
    };
    [
        (by_name("张"), vec![2, 1]),
        (by_name("欧阳修"), vec![3]),
        (by_name("欧"), vec![]),
        (by_phone, vec![2]),
        (by_last_four, vec![3]),
    ]
}

/// Customers are found by id and by account, and listed from the newest, page by page.
pub fn customers_are_found_and_listed<S: Store>(store: &S)
where
    S::Session: CustomerRepository,
{
    let account_id = AccountId::from_uuid(Uuid::from_u128(7));
    let mut customers = [customer(1), customer(2), customer(3)];
    customers[1].account_id = Some(account_id);
    customers[2].phone = None;
    run(store, |session| session.insert_customers(&customers));
    let wanted = BTreeSet::from([customer_id(2), customer_id(3), customer_id(9)]);
    let found = run(store, |session| session.find_customers(&wanted));
    assert_eq!(found.into_values().collect::<Vec<_>>(), customers[1..]);
    let own = run(store, |session| session.find_customer_by_account(account_id));
    assert_eq!(own.as_ref(), Some(&customers[1]));
    let nobody = AccountId::from_uuid(Uuid::from_u128(8));
    assert_eq!(
        run(store, |session| session.find_customer_by_account(nobody)),
        None
    );

    let mut request = PageRequest {
        limit: 2,
        after: None,
    };
    let all = CustomerFilter::default();
    let first = run(store, |session| {
        session.list_customers(Scope::All, &all, &request)
    });
    assert_eq!(first.items, [customers[2].clone(), customers[1].clone()]);
    request.after = first.next;
    let second = run(store, |session| {
        session.list_customers(Scope::All, &all, &request)
    });
    assert_eq!((second.items.as_slice(), second.next), (&customers[..1], None));

    // What is outside the scope is not there.
    let seen = |scope| {
        let page = run(store, |session| {
            session.list_customers(scope, &all, &PageRequest::first())
        });
        page.items
    };
    assert_eq!(seen(Scope::Customer(customers[1].id)), customers[1..2]);
    let courier_id = CourierId::from_uuid(Uuid::from_u128(9));
    for scope in [
        Scope::Agent(HEADQUARTERS),
        Scope::Courier {
            agent_id: HEADQUARTERS,
            courier_id,
        },
    ] {
        assert_eq!(seen(scope), []);
    }
}

/// Sealed names and phones are still found by whole name, surname, number and last four digits.
pub fn customers_are_looked_up_by_phone_and_name<S: Store>(store: &S)
where
    S::Session: CustomerRepository,
{
    run(store, |session| {
        session.insert_customers(&[named(1, "张三"), named(2, "张伟"), named(3, "欧阳修")])
    });
    for (filter, expected) in filters() {
        let page = run(store, |session| {
            session.list_customers(Scope::All, &filter, &PageRequest::first())
        });
        let ids: Vec<_> = page
            .items
            .iter()
            .map(|customer| customer.id.as_uuid().as_u128())
            .collect();
        assert_eq!(ids, expected, "{filter:?}");
    }
}

/// A customer is saved under its next version, and only over the version that was loaded.
pub fn a_stale_customer_is_not_saved<S: Store>(store: &S)
where
    S::Session: CustomerRepository,
{
    run(store, |session| session.insert_customers(&[customer(1)]));
    let mut changed = named(1, "李四");
    changed.phone = None;
    run(store, |session| session.save_customer(&changed));
    changed.version = 2;
    let ids = BTreeSet::from([changed.id]);
    assert_eq!(
        run(store, |session| session.find_customers(&ids))[&changed.id],
        changed
    );
    let by_old_name = CustomerFilter {
        name: Some(customer(1).name),
        ..CustomerFilter::default()
    };
    let page = run(store, |session| {
        session.list_customers(Scope::All, &by_old_name, &PageRequest::first())
    });
    assert!(page.items.is_empty());
    let stale = store.write(|session| match session.save_customer(&customer(1)) {
        Err(RepositoryError::LostRace(_)) => Ok(true),
        other => other.map(|()| false),
    });
    assert!(stale.unwrap());
}

/// Addresses are read back as they were written, by id and by customer.
pub fn addresses_come_back_whole<S: Store>(store: &S)
where
    S::Session: CustomerRepository,
{
    let (first, mut second, other) = (address(1, 1), address(2, 1), address(3, 2));
    second.position = None;
    second.division_code = "330106001".parse().unwrap();
    run(store, |session| {
        session.insert_customers(&[customer(1), customer(2)])?;
        session.insert_addresses(&[first.clone(), second.clone(), other.clone()])
    });
    let wanted = BTreeSet::from([second.id, other.id, address(9, 1).id]);
    let found = run(store, |session| session.find_addresses(&wanted));
    assert_eq!(found.into_values().collect::<Vec<_>>(), [second.clone(), other]);
    let of_one = run(store, |session| session.list_addresses(&customer(1)));
    assert_eq!(of_one, [first, second]);
}

/// A pair is new with its first order, whether the agent knew the customer before or not, and never again.
pub fn a_first_order_makes_a_new_customer_once<S: Store>(store: &S)
where
    S::Session: CustomerRepository + AgentCustomerRepository,
{
    let known = |id: u16, order: Option<u128>| customer(id).known_to(HEADQUARTERS, order.map(first_order));
    let insert = |rows: &[AgentCustomer]| run(store, |session| session.insert_agent_customers(rows));
    run(store, |session| {
        session.insert_customers(&[customer(1), customer(2)])
    });
    assert!(insert(&[]).is_empty());
    assert!(insert(&[known(1, None)]).is_empty());
    let both = BTreeSet::from([(HEADQUARTERS, customer_id(1)), (HEADQUARTERS, customer_id(2))]);
    assert_eq!(
        insert(&[known(1, Some(11)), known(2, Some(12)), known(1, Some(13))]),
        both
    );
    assert!(insert(&[known(1, Some(14)), known(2, Some(15)), known(2, None)]).is_empty());
    let page = run(store, |session| {
        session.list_agent_customers(
            office(HEADQUARTERS),
            &CustomerFilter::default(),
            &PageRequest::first(),
        )
    });
    assert_eq!(page.items, [known(2, Some(12)), known(1, Some(11))]);

    let mut asked = both.clone();
    asked.insert((HEADQUARTERS, customer_id(9)));
    asked.insert((AgentId::from_uuid(Uuid::from_u128(77)), customer_id(1)));
    let found = run(store, |session| session.find_known_customers(&asked));
    assert_eq!(found, both);
}

/// An agent's list shows its own customers, the newest first, page by page and filtered.
pub fn an_agent_lists_and_finds_its_own_customers<S: Store>(store: &S)
where
    S::Session: CustomerRepository + AgentCustomerRepository,
{
    let customers = [
        named(1, "张三"),
        named(2, "张伟"),
        named(3, "欧阳修"),
        named(4, "张三"),
    ];
    let rows: Vec<_> = customers[..3]
        .iter()
        .map(|customer| customer.known_to(HEADQUARTERS, None))
        .collect();
    run(store, |session| {
        session.insert_customers(&customers)?;
        session.insert_agent_customers(&rows)
    });
    for (filter, expected) in filters() {
        let page = run(store, |session| {
            session.list_agent_customers(office(HEADQUARTERS), &filter, &PageRequest::first())
        });
        let ids: Vec<_> = page
            .items
            .iter()
            .map(|row| row.customer_id.as_uuid().as_u128())
            .collect();
        assert_eq!(ids, expected, "{filter:?}");
    }
    let mut request = PageRequest {
        limit: 2,
        after: None,
    };
    let all = CustomerFilter::default();
    let page = run(store, |session| {
        session.list_agent_customers(office(HEADQUARTERS), &all, &request)
    });
    assert_eq!(page.items, [rows[2].clone(), rows[1].clone()]);
    request.after = page.next;
    let page = run(store, |session| {
        session.list_agent_customers(office(HEADQUARTERS), &all, &request)
    });
    assert_eq!((page.items.as_slice(), page.next), (&rows[..1], None));
    let other = AgentId::from_uuid(Uuid::from_u128(77));
    let nothing = run(store, |session| {
        session.list_agent_customers(office(other), &all, &PageRequest::first())
    });
    assert!(nothing.items.is_empty());
}

/// A customer's new name and phone are in the row of every agent that knows it, and found there.
pub fn a_new_name_reaches_every_agent<S: Store>(store: &S)
where
    S::Session: CustomerRepository + AgentCustomerRepository,
{
    run(store, |session| {
        session.insert_customers(&[customer(1), customer(2)])?;
        session.insert_agent_customers(&[
            customer(1).known_to(HEADQUARTERS, Some(first_order(1))),
            customer(2).known_to(HEADQUARTERS, None),
        ])
    });
    let agents = run(store, |session| session.list_agents_of_customer(customer_id(1)));
    assert_eq!(agents, [HEADQUARTERS]);
    assert!(run(store, |session| session.list_agents_of_customer(customer_id(9))).is_empty());
    let renamed = Customer {
        phone: None,
        ..named(1, "李四")
    };
    run(store, |session| {
        session.rename_agent_customers(renamed.id, &renamed.name, None)
    });
    let by_surname = |surname: &str| CustomerFilter {
        name: Some(PersonName::parse(surname).unwrap()),
        ..CustomerFilter::default()
    };
    for (surname, expected) in [
        ("李", renamed.known_to(HEADQUARTERS, Some(first_order(1)))),
        ("张", customer(2).known_to(HEADQUARTERS, None)),
    ] {
        let page = run(store, |session| {
            session.list_agent_customers(office(HEADQUARTERS), &by_surname(surname), &PageRequest::first())
        });
        assert_eq!(page.items, [expected]);
    }
}
