//! What an import of the past does differently.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use events::{Event, Fact};
use kernel::{AgentId, CustomerId, EventId, RepositoryError};
use storage::{Database, Keys, Options, Vault};
use uuid::Uuid;

#[test]
fn events_of_the_past_never_wait() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let customer = Uuid::from_u128(1);
    let event = |id| Event {
        id: EventId::from_uuid(Uuid::from_u128(id)),
        agent_id: AgentId::HEADQUARTERS,
        aggregate_id: customer,
        aggregate_version: 1,
        occurred_at: testing::instant("2026-11-22T08:00:00Z"),
        fact: Fact::CustomerChanged {
            customer_id: CustomerId::from_uuid(customer),
        },
    };
    let (then, later) = ("2026-11-22T08:00:00Z", "2026-11-22T08:00:00.000001Z");
    for (id, past_until, waiting) in [(1, Some(later), 0), (2, Some(then), 1), (3, None, 2)] {
        let options = Options {
            durable: false,
            past_until: past_until.map(testing::instant),
            ..Options::default()
        };
        let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        let database = Database::open(&url, options, vault).unwrap();
        database.migrate().unwrap();
        database
            .write::<_, RepositoryError>(|session| session.insert_events(&[event(id)]))
            .unwrap();
        let found = database
            .read::<_, RepositoryError>(|session| session.find_waiting_events(10))
            .unwrap();
        assert_eq!(found.len(), waiting);
    }
}
