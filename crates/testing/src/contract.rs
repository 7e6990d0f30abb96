//! The contract suite: what every implementation of a port promises. Each contract is a function over a [`crate::Store`]
//! that starts empty; `storage` runs them on SQLite and PostgreSQL, this crate on the fake.

pub mod agents;
pub mod applications;
pub mod attachments;
pub mod audit;
pub mod consents;
pub mod consequences;
pub mod customers;
pub mod deposits;
pub mod figures;
pub mod identity;
pub mod inbox;
pub mod inventory;
pub mod life;
pub mod members;
pub mod obligations;
pub mod orders;
pub mod outbox;
pub mod privacy;
pub mod reserved_customers;
pub mod sign_in;
pub mod sign_in_attempts;
pub mod support;
pub mod territories;
pub mod webhooks;

/// Hands the list of every contract, grouped by module, to the macro named: one list for the three stores.
#[macro_export]
macro_rules! for_every_contract {
    ($run:ident) => {
        $run! {
            agents::{
                headquarters_is_there_from_the_start,
                an_agent_comes_back_by_id_and_by_identity,
                a_number_and_an_identity_are_taken_once,
                an_agent_is_there_inside_its_scope_only,
                agents_are_listed_within_their_scope,
                contracts_come_back_under_their_agent,
            }
            applications::{
                an_application_comes_back_to_those_who_may_see_it,
                every_state_is_saved_under_its_version_once,
                one_identity_waits_once_for_a_division,
                open_applications_are_counted_with_their_place,
                a_division_is_on_hold_for_one_application_at_a_time,
                of_holds_at_once_one_wins,
                holds_that_are_over_are_found_until_that_is_noted,
                deadlines_are_found_until_somebody_is_reminded,
                open_applications_are_locked_oldest_first,
                applications_are_paged_and_filtered,
            }
            attachments::{
                an_attachment_is_its_own_accounts_once_it_is_stored,
                an_applications_pictures_are_attached_when_it_is_saved,
                what_nobody_attached_is_discarded_and_deleted,
                all_pictures_of_an_account_are_discarded_together,
            }
            audit::{
                an_audit_entry_reads_back_as_it_was_written,
                audit_entries_are_paged_and_filtered,
                audit_entries_are_chained_once_and_in_order,
                a_link_is_taken_once,
                a_lease_has_one_holder_until_it_runs_out,
            }
            consents::{
                agreements_come_back_oldest_first,
            }
            consequences::{
                an_obligation_has_each_consequence_once,
                a_consequence_is_decided_once,
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
            deposits::{
                a_contract_is_locked_under_its_agent,
                deposit_entries_come_back_and_add_up,
                a_number_of_a_ledger_is_taken_once,
                an_appeal_is_noted_and_decided_once,
            }
            figures::{
                deltas_add_up,
                sums_hold_to_their_scope,
                a_series_has_the_days_that_counted,
            }
            inbox::{
                audiences_are_the_accounts_behind_them,
                messages_are_numbered_and_an_event_is_told_once,
                numbers_come_in_the_order_of_commits,
                messages_are_listed_and_marked_read,
                unread_messages_are_counted_up_to_a_bound,
                whoever_an_event_concerns_is_told,
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
                an_account_is_found_by_its_login_keys,
                a_login_key_is_taken_once,
                a_login_key_takes_the_place_of_the_last_of_its_kind,
                an_account_is_saved_under_its_version_once,
                memberships_of_every_position_come_back,
                principals_are_those_whose_membership_lasts,
                an_idempotency_record_comes_back_under_its_account_and_key,
                an_idempotency_key_is_taken_once,
            }
            life::{
                an_agents_history_comes_back_newest_first,
                a_termination_is_saved_under_its_version_once,
                open_matters_are_an_agents_own,
                a_change_concerns_what_lies_in_its_divisions,
            }
            members::{
                members_are_an_agents_own_and_last,
                a_membership_is_ended_once,
                an_invitation_comes_back_to_its_agent_and_by_its_code,
                open_invitations_are_listed_newest_first,
                an_invitation_is_closed_once,
            }
            sign_in::{
                a_token_comes_back_with_its_sign_in,
                only_a_live_access_token_has_a_caller,
                nobody_stands_behind_an_ended_sign_in,
                nobody_stands_behind_a_disabled_account,
                a_refresh_token_is_used_up_once,
                all_tokens_of_a_sign_in_are_used_up_together,
                live_sign_ins_are_listed_oldest_first,
                a_sign_in_is_ended_once_and_by_its_own_account,
                all_other_sign_ins_end_together,
                only_expired_tokens_are_purged,
                only_sign_ins_that_are_over_are_purged,
            }
            sign_in_attempts::{
                attempt_counters_come_back_as_they_were_saved,
                attempts_at_once_are_counted_one_after_the_other,
                only_old_attempt_counters_are_purged,
            }
            obligations::{
                inspections_come_back_newest_first,
                what_follows_an_inspection_is_saved_once,
                a_period_has_one_market_report,
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
            privacy::{
                an_erasure_is_noted_once,
                an_account_is_emptied_and_no_other,
                addresses_of_a_customer_are_deleted,
                an_order_loses_its_person_and_keeps_its_facts,
                orders_are_due_by_their_last_change,
                idempotency_records_are_due_by_their_age,
                sign_ins_are_counted_as_they_are_purged,
                attempt_counters_are_counted_as_they_are_purged,
                invitations_are_due_by_their_end,
                events_are_due_by_their_delivery,
                applications_are_due_by_their_end,
                messages_are_due_once_read_or_old,
                an_inbox_goes_with_its_account,
                dead_letters_are_due_by_their_death,
            }
            reserved_customers::{
                a_customer_is_reserved_once_until_released,
            }
            support::{
                support_requests_come_back_with_their_spendings,
                states_of_support_are_saved_once_and_counted,
            }
            territories::{
                a_territory_reads_back_as_it_was_written,
                overlapping_claims_are_never_kept,
                a_set_may_not_conflict_with_itself,
                conflicts_are_answered_once_each,
                the_map_follows_the_grants,
                a_rolled_back_grant_leaves_the_map_as_it_was,
                lists_are_paged_and_filtered,
                a_territory_is_saved_under_its_version_once,
                a_territory_that_ends_earlier_makes_room,
                a_consent_makes_room_until_it_is_withdrawn,
                an_agents_territories_are_those_that_last,
                suspensions_are_passed_over_by_the_map,
            }
            webhooks::{
                a_webhook_comes_back_to_its_office,
                a_webhook_is_saved_under_its_version_once,
                a_webhook_goes_with_its_deliveries,
                an_event_is_queued_for_whoever_wants_it_once,
                deliveries_are_due_in_the_order_of_their_aggregate,
                a_delivery_is_leased_to_one_holder,
                what_waits_for_a_disabled_webhook_is_dead,
                dead_letters_are_listed_and_replayed_once,
            }
        }
    };
}
