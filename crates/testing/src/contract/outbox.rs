//! What an outbox promises.

use crate::{Store, instant};
use events::{Event, Fact, OutboxRepository};
use kernel::{AgentId, ApplicationId, EventId, RepositoryError};
use std::collections::BTreeSet;
use uuid::Uuid;

fn event(id: u128, aggregate: u128, version: i64) -> Event {
    Event {
        id: EventId::from_uuid(Uuid::from_u128(id)),
        agent_id: AgentId::HEADQUARTERS,
        aggregate_id: Uuid::from_u128(aggregate),
        aggregate_version: version,
        occurred_at: instant("2026-11-22T08:00:00Z"),
        fact: Fact::ApplicationSubmitted {
            application_id: ApplicationId::from_uuid(Uuid::from_u128(aggregate)),
        },
    }
}

/// Events come out as they went in, those of one aggregate in the order of their versions, until marked delivered.
pub fn waiting_events_come_out_in_order_until_delivered<S: Store>(store: &S)
where
    S::Session: OutboxRepository,
{
    // The later version has the smaller id: ids do not commit in order.
    let (first, second) = (event(9, 1, 1), event(3, 1, 2));
    store
        .write::<_, RepositoryError>(|session| session.insert_events(&[second.clone(), first.clone()]))
        .unwrap();
    let waiting = store
        .write::<_, RepositoryError>(|session| session.find_waiting_events(10))
        .unwrap();
    assert_eq!(waiting, [first.clone(), second.clone()]);
    let mark = |events: &[Event]| {
        store
            .write::<_, RepositoryError>(|session| {
                session.mark_events_delivered(events, instant("2026-11-22T08:00:01Z"))
            })
            .unwrap()
    };
    assert_eq!(mark(std::slice::from_ref(&first)), BTreeSet::from([first.id]));
    assert_eq!(
        mark(std::slice::from_ref(&first)),
        BTreeSet::new(),
        "it was marked before"
    );
    assert_eq!(
        store
            .write::<_, RepositoryError>(|session| session.find_waiting_events(10))
            .unwrap(),
        [second]
    );
}

/// What a refused command wrote is not there.
pub fn a_refused_command_leaves_nothing<S: Store>(store: &S)
where
    S::Session: OutboxRepository,
{
    let refused: Result<(), RepositoryError> = store.write(|session| {
        session.insert_events(&[event(1, 1, 1)])?;
        Err(RepositoryError::Refused("on purpose".to_owned()))
    });
    assert!(refused.is_err());
    assert_eq!(
        store
            .write::<_, RepositoryError>(|session| session.find_waiting_events(10))
            .unwrap(),
        []
    );
}
