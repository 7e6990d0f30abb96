//! The inbox: what an account is told inside the program.
//!
//! Each account numbers its messages. A number is given under a lock on the account's head and is visible with its message
//! at once, so numbers come in the order of commits: who has seen all up to one misses nothing before it.

use crate::{Audience, Event, Fact, Notice};
use kernel::{AccountId, AgentId, EventId, Instant, Page, PageRequest, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

/// How many accounts of one [`Audience`] are told at most.
pub const MAXIMUM_RECIPIENTS: u16 = 200;
/// How far unread messages are counted: a reader is told "100 or more" beyond.
pub const MAXIMUM_COUNTED_UNREAD: u16 = 100;

/// The number of a message in its account's inbox; 0 is before the first.
pub type MessageNumber = i64;

/// One event, as one account was told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whose.
    pub account_id: AccountId,
    /// Its number in the inbox.
    pub number: MessageNumber,
    /// The event. It is in an inbox once, and so is the message's id too.
    pub event_id: EventId,
    /// The tenant whose outbox carried it.
    pub agent_id: AgentId,
    /// When it happened.
    pub occurred_at: Instant,
    /// What happened.
    pub fact: Fact,
    /// Since when it counts as read.
    pub read_at: Option<Instant>,
}

impl Message {
    /// What its reader is told.
    pub fn notice(&self) -> Notice {
        self.fact.notice(self.agent_id)
    }
}

/// The inboxes.
pub trait InboxRepository {
    /// The accounts behind those audiences now, at most [`MAXIMUM_RECIPIENTS`] of each, none that is disabled. An audience
    /// that is nobody is absent.
    fn find_recipients(
        &mut self,
        audiences: &BTreeSet<Audience>,
    ) -> Result<BTreeMap<Audience, BTreeSet<AccountId>>, RepositoryError>;

    /// Puts events into inboxes, numbered in the order given. An event that an inbox has is left as it is.
    fn insert_messages(&mut self, told: &BTreeMap<AccountId, Vec<&Event>>) -> Result<(), RepositoryError>;

    /// The numbers of the last messages of those accounts, in one statement; absent where there was never one.
    fn find_inbox_heads(
        &mut self,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<BTreeMap<AccountId, MessageNumber>, RepositoryError>;

    /// A page of an account's messages, or of those not read, newest first.
    fn list_messages(
        &mut self,
        account_id: AccountId,
        unread_only: bool,
        page: &PageRequest<MessageNumber>,
    ) -> Result<Page<Message, MessageNumber>, RepositoryError>;

    /// At most `limit` messages with a higher number than that, the lowest first.
    fn list_messages_after(
        &mut self,
        account_id: AccountId,
        number: MessageNumber,
        limit: u16,
    ) -> Result<Vec<Message>, RepositoryError>;

    /// How many messages are not read, counted up to [`MAXIMUM_COUNTED_UNREAD`].
    fn count_unread_messages(&mut self, account_id: AccountId) -> Result<u16, RepositoryError>;

    /// Marks an account's message of that event read; one that was keeps its time. Answers whether there is one.
    fn mark_message_read(
        &mut self,
        account_id: AccountId,
        event_id: EventId,
        at: Instant,
    ) -> Result<bool, RepositoryError>;

    /// Marks all of an account's messages up to that number read; those that were keep their time.
    fn mark_messages_read(
        &mut self,
        account_id: AccountId,
        up_to: MessageNumber,
        at: Instant,
    ) -> Result<(), RepositoryError>;
}

/// Puts each event into the inboxes of the accounts it concerns, and answers how many messages that were at most. Doing it
/// again changes nothing.
pub fn tell_recipients(
    session: &mut (impl InboxRepository + ?Sized),
    events: &[Event],
) -> Result<usize, RepositoryError> {
    let notices: Vec<_> = events.iter().map(|event| (event, event.notice())).collect();
    let audiences = notices
        .iter()
        .flat_map(|(_, notice)| notice.audience.iter().copied())
        .collect();
    let recipients = session.find_recipients(&audiences)?;
    let mut told: BTreeMap<AccountId, Vec<&Event>> = BTreeMap::new();
    for (event, notice) in &notices {
        // Somebody may stand in two audiences of one event.
        let accounts: BTreeSet<_> = notice
            .audience
            .iter()
            .filter_map(|audience| recipients.get(audience))
            .flatten()
            .collect();
        for account_id in accounts {
            told.entry(*account_id).or_default().push(event);
        }
    }
    session.insert_messages(&told)?;
    Ok(told.values().map(Vec::len).sum())
}
