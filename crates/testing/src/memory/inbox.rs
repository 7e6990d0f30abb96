//! The inboxes.

use super::Memory;
use ::identity::Role;
use ::orders::Order;
use agents::{Application, StateName};
use events::{
    Audience, Event, InboxRepository, MAXIMUM_COUNTED_UNREAD, MAXIMUM_RECIPIENTS, Message, MessageNumber,
};
use kernel::{
    AccountId, AgentId, ApplicationId, CourierId, EventId, Instant, Page, PageRequest, RepositoryError,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) messages: BTreeMap<(AccountId, MessageNumber), Message>,
    pub(super) heads: BTreeMap<AccountId, MessageNumber>,
}

/// Who works in an agent's office.
const OFFICE: [Role; 4] = [Role::HqAdmin, Role::Operator, Role::AgentOwner, Role::AgentStaff];

impl Memory {
    fn members(
        &self,
        agent_id: AgentId,
        roles: &[Role],
        courier_id: Option<CourierId>,
    ) -> BTreeSet<AccountId> {
        let memberships = self.identity.memberships.values();
        memberships
            .filter(|membership| membership.ended_at.is_none())
            .filter(|membership| {
                let position = membership.position;
                roles.contains(&position.role())
                    && position.agent_id() == Some(agent_id)
                    && position.courier_id() == courier_id
            })
            .map(|membership| membership.account_id)
            .collect()
    }

    fn applicant(&self, id: ApplicationId) -> Option<&Application> {
        self.applications.applications.get(&id)
    }

    fn accounts_of(&self, audience: Audience) -> BTreeSet<AccountId> {
        let one = |account_id: Option<AccountId>| account_id.into_iter().collect();
        match audience {
            Audience::Office(agent_id) => self.members(agent_id, &OFFICE, None),
            Audience::Courier { agent_id, courier_id } => {
                self.members(agent_id, &[Role::Courier], Some(courier_id))
            }
            Audience::Customer { agent_id, order_id } => {
                let order = self.orders.orders.get(&order_id);
                let order = order.filter(|order: &&Order| order.agent_id == agent_id);
                let customer = order.and_then(|order| self.customers.customers.get(&order.customer_id));
                one(customer.and_then(|customer| customer.account_id))
            }
            Audience::Applicant(id) => one(self.applicant(id).map(|application| application.account_id)),
            Audience::Awaited(id) => match self.applicant(id) {
                Some(application) if application.state.name() == StateName::SupplementRequired => {
                    one(Some(application.account_id))
                }
                Some(application) if application.state.name().is_open() => {
                    self.members(AgentId::HEADQUARTERS, &OFFICE, None)
                }
                _ => BTreeSet::new(),
            },
        }
    }

    fn inbox_of(&self, account_id: AccountId) -> impl DoubleEndedIterator<Item = &Message> {
        let own = (account_id, MessageNumber::MIN)..=(account_id, MessageNumber::MAX);
        self.inbox.messages.range(own).map(|(_, message)| message)
    }
}

impl InboxRepository for Memory {
    fn find_recipients(
        &mut self,
        audiences: &BTreeSet<Audience>,
    ) -> Result<BTreeMap<Audience, BTreeSet<AccountId>>, RepositoryError> {
        let enabled = |id: &AccountId| {
            let account = self.identity.accounts.get(id);
            account.is_some_and(|account| account.disabled_at.is_none())
        };
        let mut found = BTreeMap::new();
        for audience in audiences {
            let mut accounts = self.accounts_of(*audience);
            accounts.retain(enabled);
            let accounts: BTreeSet<_> = accounts.into_iter().take(MAXIMUM_RECIPIENTS.into()).collect();
            if !accounts.is_empty() {
                found.insert(*audience, accounts);
            }
        }
        Ok(found)
    }

    fn insert_messages(&mut self, told: &BTreeMap<AccountId, Vec<&Event>>) -> Result<(), RepositoryError> {
        for (account_id, events) in told {
            for event in events {
                if self.inbox_of(*account_id).any(|known| known.event_id == event.id) {
                    continue;
                }
                let head = self.inbox.heads.entry(*account_id).or_default();
                *head += 1;
                let number = *head;
                let message = Message {
                    account_id: *account_id,
                    number,
                    event_id: event.id,
                    agent_id: event.agent_id,
                    occurred_at: event.occurred_at,
                    fact: event.fact.clone(),
                    read_at: None,
                };
                self.inbox.messages.insert((*account_id, number), message);
            }
        }
        Ok(())
    }

    fn find_inbox_heads(
        &mut self,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<BTreeMap<AccountId, MessageNumber>, RepositoryError> {
        let mut heads = self.inbox.heads.clone();
        heads.retain(|account_id, _| accounts.contains(account_id));
        Ok(heads)
    }

    fn list_messages(
        &mut self,
        account_id: AccountId,
        unread_only: bool,
        page: &PageRequest<MessageNumber>,
    ) -> Result<Page<Message, MessageNumber>, RepositoryError> {
        let fetched = self
            .inbox_of(account_id)
            .rev()
            .filter(|message| !unread_only || message.read_at.is_none())
            .filter(|message| page.after.is_none_or(|after| message.number < after))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(fetched, page, |message: &Message| message.number))
    }

    fn list_messages_after(
        &mut self,
        account_id: AccountId,
        number: MessageNumber,
        limit: u16,
    ) -> Result<Vec<Message>, RepositoryError> {
        let newer = self
            .inbox_of(account_id)
            .filter(|message| message.number > number);
        Ok(newer.take(limit.into()).cloned().collect())
    }

    fn count_unread_messages(&mut self, account_id: AccountId) -> Result<u16, RepositoryError> {
        let unread = self
            .inbox_of(account_id)
            .filter(|message| message.read_at.is_none());
        Ok(u16::try_from(unread.count()).unwrap().min(MAXIMUM_COUNTED_UNREAD))
    }

    fn mark_message_read(
        &mut self,
        account_id: AccountId,
        event_id: EventId,
        at: Instant,
    ) -> Result<bool, RepositoryError> {
        let mut messages = self.inbox.messages.values_mut();
        let found = messages.find(|message| message.account_id == account_id && message.event_id == event_id);
        Ok(found.map(|message| message.read_at.get_or_insert(at)).is_some())
    }

    fn mark_messages_read(
        &mut self,
        account_id: AccountId,
        up_to: MessageNumber,
        at: Instant,
    ) -> Result<(), RepositoryError> {
        for message in self.inbox.messages.values_mut() {
            if message.account_id == account_id && message.number <= up_to {
                message.read_at.get_or_insert(at);
            }
        }
        Ok(())
    }
}
