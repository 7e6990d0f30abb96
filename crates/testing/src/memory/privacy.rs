//! What goes of a person, and what goes when its time is over.

use super::Memory;
use agents::StateName;
use attachments::AttachmentState;
use events::{Delivery, DeliveryState, Message, MessageNumber};
use identity::{Invitation, InvitationState, REFRESH_TOKEN_LIFETIME, SignIn};
use kernel::{
    AccountId, ApplicationId, CustomerId, DeliveryId, Instant, InvitationId, OrderId, RepositoryError,
};
use orders::{Order, OrderState};
use privacy::{Erasure, ErasureRepository, Kind, RetentionRepository, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    erasures: BTreeMap<Subject, Instant>,
    /// The orders whose personal part is blank.
    blank_orders: BTreeSet<OrderId>,
}

impl ErasureRepository for Memory {
    fn insert_erasures(&mut self, erasures: &[Erasure]) -> Result<(), RepositoryError> {
        for erasure in erasures {
            self.privacy.erasures.entry(erasure.subject).or_insert(erasure.at);
        }
        Ok(())
    }

    fn list_erasures(&mut self) -> Result<Vec<Erasure>, RepositoryError> {
        let erasures = self.privacy.erasures.iter();
        let mut erasures: Vec<_> = erasures
            .map(|(subject, at)| Erasure {
                subject: *subject,
                at: *at,
            })
            .collect();
        erasures.sort_by_key(|erasure| (erasure.at, erasure.subject.id()));
        Ok(erasures)
    }

    fn list_sign_ins(&mut self, account_id: AccountId) -> Result<Vec<SignIn>, RepositoryError> {
        let mut own: Vec<_> = self
            .identity
            .sign_ins
            .values()
            .filter(|sign_in| sign_in.account_id == account_id)
            .cloned()
            .collect();
        own.sort_by_key(|sign_in| (sign_in.started_at, sign_in.id));
        Ok(own)
    }

    fn delete_sign_ins(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        let rows = &mut self.identity;
        rows.tokens.retain(|digest, _| digest.account_id() != account_id);
        rows.sign_ins
            .retain(|_, sign_in| sign_in.account_id != account_id);
        Ok(())
    }

    fn delete_invitations_of(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        self.identity.invitations.retain(|_, invitation| {
            !matches!(invitation.state, InvitationState::Accepted { account_id: by, .. } if by == account_id)
        });
        Ok(())
    }

    fn discard_unattached_of(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        for attachment in self.attachments.attachments.values_mut() {
            if attachment.account_id == account_id && attachment.state.is_unattached() {
                attachment.state = AttachmentState::Discarded;
            }
        }
        Ok(())
    }

    fn delete_idempotency_records(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        self.identity
            .idempotency_records
            .retain(|(owner, _), _| *owner != account_id);
        Ok(())
    }

    fn delete_inbox(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        self.inbox.messages.retain(|(owner, _), _| *owner != account_id);
        self.inbox.heads.remove(&account_id);
        Ok(())
    }

    fn end_memberships_of(&mut self, account_id: AccountId, at: Instant) -> Result<(), RepositoryError> {
        for membership in self.identity.memberships.values_mut() {
            if membership.account_id == account_id {
                membership.ended_at.get_or_insert(at);
            }
        }
        Ok(())
    }

    fn free_login_keys(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        if let Some(account) = self.identity.accounts.get_mut(&account_id) {
            account.username = None;
        }
        self.identity.login_keys.retain(|_, holder| *holder != account_id);
        Ok(())
    }

    fn delete_applications(&mut self, ids: &[ApplicationId]) -> Result<(), RepositoryError> {
        for id in ids {
            for attachment in self.attachments.attached.remove(id).unwrap_or_default() {
                if let Some(row) = self.attachments.attachments.get_mut(&attachment) {
                    row.state = AttachmentState::Discarded;
                }
            }
        }
        let rows = &mut self.applications;
        rows.applications.retain(|id, _| !ids.contains(id));
        rows.history.retain(|id, _| !ids.contains(id));
        Ok(())
    }

    fn delete_addresses(&mut self, customer_id: CustomerId) -> Result<(), RepositoryError> {
        self.customers
            .addresses
            .retain(|_, address| address.customer_id != customer_id);
        Ok(())
    }

    fn save_erased_orders(&mut self, blank: &[Order], _at: Instant) -> Result<(), RepositoryError> {
        for order in blank {
            match self.orders.orders.get_mut(&order.id) {
                Some(stored) if stored.version == order.version => *stored = order.clone(),
                _ => return Err(RepositoryError::LostRace("an order changed")),
            }
            for entry in &mut self.orders.history {
                if entry.order_id == order.id {
                    entry.reason = None;
                }
            }
            if let Some(rating) = self.orders.ratings.get_mut(&order.id) {
                rating.comment = None;
                rating.tags.clear();
            }
            self.privacy.blank_orders.insert(order.id);
        }
        Ok(())
    }
}

impl Memory {
    fn due_applications(&self, before: Instant) -> Vec<ApplicationId> {
        let rows = &self.applications;
        let ended = |id: &ApplicationId| rows.history[id].last().is_some_and(|entry| entry.at < before);
        let led_nowhere = |name| matches!(name, StateName::Rejected | StateName::Withdrawn);
        rows.applications
            .values()
            .filter(|application| led_nowhere(application.state.name()) && ended(&application.id))
            .map(|application| application.id)
            .collect()
    }

    /// Of the messages that were read, or of those that were not.
    fn due_messages(&self, read: bool, before: Instant) -> Vec<(AccountId, MessageNumber)> {
        let due = |message: &Message| match message.read_at {
            Some(at) => read && at < before,
            None => !read && message.occurred_at < before,
        };
        let messages = self.inbox.messages.iter();
        let due = messages.filter(|(_, message)| due(message));
        due.map(|(key, _)| *key).collect()
    }

    fn remove_messages(&mut self, due: Vec<(AccountId, MessageNumber)>, limit: u16) -> usize {
        let removed = due.into_iter().take(limit.into());
        removed
            .filter(|key| self.inbox.messages.remove(key).is_some())
            .count()
    }

    fn due_dead_letters(&self, before: Instant) -> Vec<DeliveryId> {
        let died = |delivery: &Delivery| match delivery.state {
            DeliveryState::Dead { at } => at < before,
            DeliveryState::Waiting { .. } => false,
        };
        let deliveries = self.webhooks.deliveries.values();
        let due = deliveries.filter(|delivery| died(delivery));
        due.map(|delivery| delivery.id).collect()
    }

    fn due_tokens(&self, before: Instant) -> usize {
        let tokens = self.identity.tokens.values();
        tokens.filter(|token| token.expires_at < before).count()
    }

    /// The sign-ins that `purge_sessions` removes.
    fn due_sign_ins(&self, before: Instant) -> usize {
        let sign_ins = self.identity.sign_ins.values();
        let lapsed = before - REFRESH_TOKEN_LIFETIME;
        sign_ins
            .filter(|sign_in| sign_in.refreshed_at < lapsed || sign_in.ended_at.is_some_and(|at| at < before))
            .count()
    }

    fn due_invitations(&self, before: Instant) -> Vec<InvitationId> {
        let over = |invitation: &Invitation| match invitation.state {
            InvitationState::Open => invitation.expires_at,
            InvitationState::Accepted { at, .. } | InvitationState::Withdrawn { at } => at,
        };
        let invitations = self.identity.invitations.values();
        invitations
            .filter(|invitation| over(invitation) < before)
            .map(|invitation| invitation.id)
            .collect()
    }

    fn due_orders(&self, before: Instant) -> Vec<Order> {
        let changed = |order: &Order| {
            let mut entries = self.orders.history.iter();
            entries.any(|entry| {
                entry.order_id == order.id && entry.version == order.version && entry.at < before
            })
        };
        let ended =
            |state: &OrderState| matches!(state, OrderState::Delivered(_) | OrderState::Cancelled { .. });
        self.orders
            .orders
            .values()
            .filter(|order| ended(&order.state) && changed(order))
            .filter(|order| !self.privacy.blank_orders.contains(&order.id))
            .cloned()
            .collect()
    }
}

impl RetentionRepository for Memory {
    fn count_due(&mut self, kind: Kind, before: Instant) -> Result<u64, RepositoryError> {
        let counted = match kind {
            Kind::IdempotencyRecords => {
                let records = self.identity.idempotency_records.values();
                records.filter(|record| record.created_at < before).count()
            }
            Kind::Tokens => self.due_tokens(before),
            Kind::SignIns => self.due_sign_ins(before),
            Kind::SignInAttempts => {
                let counters = self.sign_in.attempts.values();
                counters.filter(|counter| counter.counted_at < before).count()
            }
            Kind::Invitations => self.due_invitations(before).len(),
            Kind::Events => self.outbox.delivered.values().filter(|at| **at < before).count(),
            Kind::ReadMessages => self.due_messages(true, before).len(),
            Kind::UnreadMessages => self.due_messages(false, before).len(),
            Kind::DeadLetters => self.due_dead_letters(before).len(),
            Kind::Applications => self.due_applications(before).len(),
            Kind::Orders => self.due_orders(before).len(),
        };
        Ok(u64::try_from(counted).unwrap())
    }

    fn remove_due_idempotency_records(
        &mut self,
        before: Instant,
        limit: u16,
    ) -> Result<usize, RepositoryError> {
        let records = &mut self.identity.idempotency_records;
        let due: Vec<_> = records
            .values()
            .filter(|record| record.created_at < before)
            .take(limit.into())
            .map(|record| (record.account_id, record.key.clone()))
            .collect();
        for key in &due {
            records.remove(key);
        }
        Ok(due.len())
    }

    fn remove_due_invitations(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let mut due = self.due_invitations(before);
        due.truncate(limit.into());
        self.identity.invitations.retain(|id, _| !due.contains(id));
        Ok(due.len())
    }

    fn remove_due_events(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let delivered = self.outbox.delivered.iter();
        let due: BTreeSet<_> = delivered
            .filter(|(_, at)| **at < before)
            .take(limit.into())
            .map(|(id, _)| *id)
            .collect();
        self.outbox.events.retain(|event| !due.contains(&event.id));
        self.outbox.delivered.retain(|id, _| !due.contains(id));
        Ok(due.len())
    }

    fn remove_due_read_messages(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let due = self.due_messages(true, before);
        Ok(self.remove_messages(due, limit))
    }

    fn remove_due_unread_messages(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let due = self.due_messages(false, before);
        Ok(self.remove_messages(due, limit))
    }

    fn remove_due_dead_letters(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let mut due = self.due_dead_letters(before);
        due.truncate(limit.into());
        self.webhooks.deliveries.retain(|id, _| !due.contains(id));
        Ok(due.len())
    }

    fn remove_due_applications(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let mut due = self.due_applications(before);
        due.truncate(limit.into());
        self.delete_applications(&due)?;
        Ok(due.len())
    }

    fn find_due_orders(&mut self, before: Instant, limit: u16) -> Result<Vec<Order>, RepositoryError> {
        let mut due = self.due_orders(before);
        due.truncate(limit.into());
        Ok(due)
    }
}
