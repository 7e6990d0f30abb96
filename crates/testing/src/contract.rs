//! The contract suite: what every implementation of a port promises. Each contract is a function over a [`crate::Store`]
//! that starts empty; `storage` runs them on SQLite and PostgreSQL, this crate on the fake.

pub mod inventory;
pub mod outbox;
pub mod territories;

/// Hands the list of every contract, grouped by module, to the macro named: one list for the three stores.
#[macro_export]
macro_rules! for_every_contract {
    ($run:ident) => {
        $run! {
            inventory::{
                products_are_found_and_listed,
                a_stale_product_is_not_saved,
                stock_is_saved_under_its_version,
                stock_is_listed_with_product_names,
                movements_come_back_newest_first,
            }
            outbox::{
                waiting_events_come_out_in_order_until_delivered,
                delivered_events_never_wait,
                a_refused_command_leaves_nothing,
            }
            territories::{
                a_territory_reads_back_as_it_was_written,
                overlapping_claims_are_never_kept,
                a_set_may_not_conflict_with_itself,
                conflicts_are_answered_once_each,
                the_map_follows_the_grants,
                a_rolled_back_grant_leaves_the_map_as_it_was,
                lists_are_paged_and_filtered,
            }
        }
    };
}

/// Hands the list of the contracts whose ports `storage` implements to the macro named.
#[macro_export]
macro_rules! for_every_stored_contract {
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
