//! What the ports of the life of agents promise.

use crate::{
    SeededIds, Store,
    build::{
        self,
        agents::{history_entry, termination},
        customers::customer,
        inventory::{product, received_stock, stock_key},
        orders::courier,
        territories::agent_id,
    },
    instant,
};
use agents::{
    AgentHistoryEntry, AgentLifeRepository, Concerned, Matter, MatterRepository, OpenMatter, Termination,
    TerminationState,
};
use customers::CustomerRepository;
use inventory::{ProductRepository, StockRepository};
use kernel::{AgentId, DivisionCode, PageRequest, ReachedAgent, RepositoryError, Scope, TerminationId};
use orders::{Courier, CourierRepository, Order, OrderRepository, OrderState};

fn reached(number: u16) -> ReachedAgent {
    Scope::All.agent(agent_id(number)).unwrap()
}

fn read<S: Store, T>(store: &S, mut query: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(|session| query(session)).unwrap()
}

/// An agent's history comes back whole, newest first, page by page, and without another's.
pub fn an_agents_history_comes_back_newest_first<S: Store>(store: &S)
where
    S::Session: AgentLifeRepository,
{
    let bare = AgentHistoryEntry {
        actor: None,
        reason: None,
        contract_id: None,
        division_codes: Vec::new(),
        ..history_entry(1, 3)
    };
    let entries = [
        history_entry(1, 1),
        history_entry(1, 2),
        bare,
        history_entry(2, 9),
    ];
    read(store, |session| session.insert_agent_history(&entries));
    let mut page = PageRequest {
        limit: 2,
        after: None,
    };
    let first = read(store, |session| session.list_agent_history(reached(1), &page));
    assert_eq!(first.items, [entries[2].clone(), entries[1].clone()]);
    page.after = first.next;
    let second = read(store, |session| session.list_agent_history(reached(1), &page));
    assert_eq!((second.items.as_slice(), second.next), (&entries[..1], None));
}

/// A notice comes back as it was written and is saved under its version once; another may follow when it no longer stands.
pub fn a_termination_is_saved_under_its_version_once<S: Store>(store: &S)
where
    S::Session: AgentLifeRepository,
{
    let (given, other) = (termination(1), termination(2));
    for termination in [&given, &other] {
        read(store, |session| session.insert_termination(termination));
    }
    let of = |number| read(store, |session| session.list_terminations(&[agent_id(number)]));
    assert_eq!(of(1), std::slice::from_ref(&given));
    let at = instant("2026-06-10T08:00:00Z");
    let withdrawn = Termination {
        state: TerminationState::Withdrawn { at },
        ..given
    };
    read(store, |session| session.save_termination(&withdrawn));
    let stale: Result<(), RepositoryError> = store.write(|session| session.save_termination(&withdrawn));
    assert!(matches!(stale, Err(RepositoryError::LostRace(_))), "{stale:?}");
    let next = Termination {
        id: TerminationId::from_uuid(uuid::Uuid::from_u128(9)),
        given_at: at,
        state: TerminationState::Closed {
            at: instant("2026-08-01T00:00:00Z"),
        },
        ..termination(1)
    };
    read(store, |session| session.insert_termination(&next));
    let saved = Termination {
        version: 2,
        ..withdrawn
    };
    assert_eq!(of(1), [saved.clone(), next.clone()]);
    let all = read(store, |session| {
        session.list_terminations(&[agent_id(1), agent_id(2)])
    });
    assert_eq!(all, [saved, next, other]);
}

/// Two orders of headquarters, one placed and one cancelled, with what they refer to.
fn placed_and_cancelled<S: Store>(store: &S) -> [Order; 2]
where
    S::Session: OrderRepository + ProductRepository + CustomerRepository,
{
    let ids = SeededIds::new(1);
    let at = instant("2026-06-01T08:00:00Z");
    let placed = build::orders::order(&ids, at, 1, customer(1).id);
    let cancelled = Order {
        state: OrderState::Cancelled { reason: None },
        ..build::orders::order(&ids, at, 2, customer(1).id)
    };
    let orders = [placed, cancelled];
    read(store, |session| {
        session.insert_products(&[product(1)])?;
        session.insert_customers(&[customer(1)])?;
        session.insert_orders(&orders)
    });
    orders
}

/// What is open of an agent is counted by kind, its own alone; what is closed is not.
pub fn open_matters_are_an_agents_own<S: Store>(store: &S)
where
    S::Session: MatterRepository
        + OrderRepository
        + StockRepository
        + ProductRepository
        + CourierRepository
        + CustomerRepository,
{
    let own = AgentId::HEADQUARTERS;
    let open = |agent_id| read(store, |session| session.list_open_matters(agent_id));
    assert_eq!(open(own), []);
    placed_and_cancelled(store);
    let off_duty = Courier {
        on_duty: false,
        ..courier(2, own)
    };
    read(store, |session| {
        let (item, movement) = received_stock(stock_key(own, 1), 12, 1);
        session.save_stock_items(&[item])?;
        session.insert_stock_movements(&[movement])?;
        session.insert_couriers(&[courier(1, own), off_duty.clone(), courier(3, own)])
    });
    let expected = [
        (Matter::OpenOrders, 1),
        (Matter::StockOnHand, 12),
        (Matter::CouriersOnDuty, 2),
    ];
    assert_eq!(
        open(own),
        expected.map(|(matter, amount)| OpenMatter { matter, amount })
    );
    assert_eq!(open(agent_id(7)), []);
}

/// A change of territories concerns the orders that lie in them and the customers behind these.
pub fn a_change_concerns_what_lies_in_its_divisions<S: Store>(store: &S)
where
    S::Session: MatterRepository + OrderRepository + ProductRepository + CustomerRepository,
{
    let own = AgentId::HEADQUARTERS;
    let [placed, _] = placed_and_cancelled(store);
    let there = placed.address.division_code;
    let concerned = |agent_id, codes: &[DivisionCode]| {
        let spans: Vec<_> = codes.iter().map(|code| code.span()).collect();
        read(store, |session| session.count_concerned(agent_id, &spans))
    };
    let elsewhere: DivisionCode = "540000".parse().unwrap();
    let expected = Concerned {
        open_orders: 1,
        customers: 1,
    };
    assert_eq!(concerned(own, &[elsewhere, there]), expected);
    assert_eq!(concerned(own, &[elsewhere]), Concerned::default());
    assert_eq!(concerned(own, &[]), Concerned::default());
    assert_eq!(concerned(agent_id(7), &[there]), Concerned::default());
}
