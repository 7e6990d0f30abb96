//! The contract suite: what every implementation of a port promises. Each contract is a function over a [`crate::Store`]
//! that starts empty; `storage` runs them on SQLite and PostgreSQL, this crate on the fake.

pub mod agents;
pub mod applications;
pub mod audit;
pub mod customers;
pub mod figures;
pub mod identity;
pub mod inventory;
pub mod orders;
pub mod outbox;
pub mod sign_in;
pub mod territories;

/// Hands the list of every contract, grouped by module, to the macro named: one list for the three stores.
#[macro_export]
macro_rules! for_every_contract {
    ($run:ident) => {
        $run! {
            agents::{
                headquarters_is_there_from_the_start,
                an_agent_comes_back_by_id_and_by_identity,
                a_number_and_an_identity_are_taken_once,
                agents_are_listed_within_their_scope,
                contracts_come_back_under_their_agent,
            }
            applications::{
                an_application_comes_back_to_those_who_may_see_it,
                every_state_is_saved_under_its_version_once,
                one_identity_waits_once_for_a_division,
                divisions_wait_while_an_application_is_open,
                applications_are_paged_and_filtered,
            }
            audit::{
                an_audit_entry_reads_back_as_it_was_written,
                audit_entries_are_paged_and_filtered,
                a_lease_has_one_holder_until_it_runs_out,
            }
            customers::{
                customers_are_found_and_listed,
                customers_are_looked_up_by_phone_and_name,
                a_stale_customer_is_not_saved,
                addresses_come_back_whole,
                a_first_order_makes_a_new_customer_once,
                an_agent_lists_and_finds_its_own_customers,
                a_new_name_reaches_every_agent,
            }
            figures::{
                deltas_add_up,
                sums_hold_to_their_scope,
                a_series_has_the_days_that_counted,
            }
            inventory::{
                products_are_found_and_listed,
                a_stale_product_is_not_saved,
                stock_is_saved_under_its_version,
                stock_is_listed_with_product_names,
                movements_come_back_newest_first,
            }
            identity::{
                an_account_comes_back_by_id_and_by_name,
                a_user_name_is_taken_once,
                an_account_is_saved_under_its_version_once,
                memberships_of_every_position_come_back,
                principals_are_those_whose_membership_lasts,
                an_idempotency_record_comes_back_under_its_account_and_key,
                an_idempotency_key_is_taken_once,
            }
            sign_in::{
                a_token_comes_back_with_its_sign_in,
                only_a_live_access_token_has_a_caller,
                nobody_stands_behind_an_ended_sign_in,
                nobody_stands_behind_a_disabled_account,
                a_refresh_token_is_used_up_once,
                all_tokens_of_a_sign_in_are_used_up_together,
            }
            orders::{
                order_numbers_are_given_out_once,
                an_order_reads_back_as_it_was_written,
                a_state_is_saved_under_the_next_version,
                an_order_is_there_inside_its_scope_only,
                orders_are_listed_in_pages_by_filter,
                a_history_comes_back_oldest_first,
                an_order_is_rated_once,
                couriers_are_found_listed_and_saved,
            }
            outbox::{
                waiting_events_come_out_in_order_until_delivered,
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
