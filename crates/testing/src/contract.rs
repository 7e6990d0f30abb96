//! The contract suite: what every implementation of a port promises. Each contract is a function over a [`crate::Store`]
//! that starts empty; `storage` runs them on SQLite and PostgreSQL, this crate on the fake.

pub mod outbox;

/// Hands the list of every contract, grouped by module, to the macro named: one list for the three stores.
#[macro_export]
macro_rules! for_every_contract {
    ($run:ident) => {
        $run! {
            outbox::{
                waiting_events_come_out_in_order_until_delivered,
                delivered_events_never_wait,
                a_refused_command_leaves_nothing,
            }
        }
    };
}
