//! What the port of reserved customers promises.

use crate::{
    Store,
    build::{agents::contract, customers::customer_id, territories::agent_id},
    instant,
};
use agents::AgentLevel;
use kernel::{RepositoryError, Scope};
use orders::{ReservedCustomer, ReservedCustomerRepository};
use std::collections::BTreeSet;

fn reserved(agent: u16, customer: u128) -> ReservedCustomer {
    ReservedCustomer {
        agent_id: agent_id(agent),
        contract_id: contract(agent, AgentLevel::County).id,
        customer_id: customer_id(customer),
        reserved_at: instant("2026-11-22T08:00:00.000001Z"),
    }
}

/// A reserved customer is there once until it is removed, for its agent's list and for whoever routes.
pub fn a_customer_is_reserved_once_until_released<S: Store>(store: &S)
where
    S::Session: ReservedCustomerRepository,
{
    let insert = |one: &ReservedCustomer| {
        store.write::<_, RepositoryError>(|session| session.insert_reserved_customer(one))
    };
    let delete = |one: &ReservedCustomer| {
        store.write::<_, RepositoryError>(|session| session.delete_reserved_customer(one))
    };
    let all = [reserved(1, 1), reserved(1, 2), reserved(2, 1)];
    for one in &all {
        insert(one).unwrap();
    }
    let again = insert(&all[0]);
    assert!(matches!(again, Err(RepositoryError::LostRace(_))), "{again:?}");
    let listed = |agent: u16| {
        let agent = Scope::All.agent(agent_id(agent)).unwrap();
        store
            .write::<_, RepositoryError>(|session| session.list_reserved_customers(agent))
            .unwrap()
    };
    assert_eq!(
        (listed(1), listed(2), listed(3)),
        (all[..2].to_vec(), all[2..].to_vec(), vec![])
    );
    let found = |customers: &[u128]| {
        let customers: BTreeSet<_> = customers.iter().map(|id| customer_id(*id)).collect();
        store
            .write::<_, RepositoryError>(|session| session.find_reserved_customers(&customers))
            .unwrap()
    };
    let pair = |one: &ReservedCustomer| (one.customer_id, one.contract_id);
    assert_eq!(found(&[1, 7]), [pair(&all[0]), pair(&all[2])].into());
    assert_eq!(found(&[]), BTreeSet::new());
    delete(&all[0]).unwrap();
    let again = delete(&all[0]);
    assert!(matches!(again, Err(RepositoryError::LostRace(_))), "{again:?}");
    assert_eq!(found(&[1]), [pair(&all[2])].into());
}
