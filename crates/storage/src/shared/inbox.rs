//! The inboxes of accounts, and who is behind an audience.

use super::{
    BATCH_ROWS,
    schema::{accounts, applications, customers, inbox, inbox_heads, memberships, orders},
    session::Session,
    values::{Key, Moment, corrupt},
};
use agents::StateName;
use diesel::{prelude::*, upsert::excluded};
use events::{
    Audience, Event, InboxRepository, MAXIMUM_COUNTED_UNREAD, MAXIMUM_RECIPIENTS, Message, MessageNumber,
};
use identity::Role;
use kernel::{AccountId, AgentId, EventId, Instant, Page, PageRequest, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = inbox, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct MessageRow {
    account_id: Key,
    number: i64,
    event_id: Key,
    agent_id: Key,
    occurred_at: Moment,
    fact: serde_json::Value,
    read_at: Option<Moment>,
}

fn to_row(
    account_id: AccountId,
    number: MessageNumber,
    event: &Event,
) -> Result<MessageRow, RepositoryError> {
    Ok(MessageRow {
        account_id: account_id.into(),
        number,
        event_id: event.id.into(),
        agent_id: event.agent_id.into(),
        occurred_at: event.occurred_at.into(),
        fact: serde_json::to_value(&event.fact)
            .map_err(|error| RepositoryError::Refused(error.to_string()))?,
        read_at: None,
    })
}

fn to_message(row: MessageRow) -> Result<Message, RepositoryError> {
    Ok(Message {
        account_id: row.account_id.into(),
        number: row.number,
        event_id: row.event_id.into(),
        agent_id: row.agent_id.into(),
        occurred_at: row.occurred_at.0,
        fact: serde_json::from_value(row.fact)
            .map_err(|error| corrupt("inbox", "fact", row.event_id, error))?,
        read_at: row.read_at.map(|at| at.0),
    })
}

/// Who works in an agent's office, and in that of headquarters.
fn office_roles() -> [&'static str; 4] {
    [Role::HqAdmin, Role::Operator, Role::AgentOwner, Role::AgentStaff].map(Role::name)
}

/// The accounts behind audiences, before it is asked which of them are disabled.
type Recipients = BTreeMap<Audience, BTreeSet<AccountId>>;

impl Session {
    fn office_of(&mut self, agent_id: AgentId) -> Result<BTreeSet<AccountId>, RepositoryError> {
        let accounts: Vec<Key> = memberships::table
            .filter(memberships::agent_id.eq(Key::from(agent_id)))
            .filter(memberships::ended_at.is_null())
            .filter(memberships::role.eq_any(office_roles()))
            .order(memberships::id)
            .limit(MAXIMUM_RECIPIENTS.into())
            .select(memberships::account_id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(accounts.into_iter().map(AccountId::from).collect())
    }

    fn couriers_among(&mut self, audiences: &BTreeSet<Audience>) -> Result<Recipients, RepositoryError> {
        let (agents, couriers): (Vec<_>, Vec<_>) = audiences
            .iter()
            .filter_map(|audience| match audience {
                Audience::Courier { agent_id, courier_id } => {
                    Some((Key::from(*agent_id), Some(Key::from(*courier_id))))
                }
                _ => None,
            })
            .unzip();
        let rows: Vec<(Option<Key>, Option<Key>, Key)> = memberships::table
            .filter(memberships::agent_id.eq_any(agents))
            .filter(memberships::courier_id.eq_any(couriers))
            .filter(memberships::ended_at.is_null())
            .select((
                memberships::agent_id,
                memberships::courier_id,
                memberships::account_id,
            ))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut found = Recipients::new();
        for (agent_id, courier_id, account_id) in rows {
            if let (Some(agent_id), Some(courier_id)) = (agent_id, courier_id) {
                let audience = Audience::Courier {
                    agent_id: agent_id.into(),
                    courier_id: courier_id.into(),
                };
                found.entry(audience).or_default().insert(account_id.into());
            }
        }
        Ok(found)
    }

    /// In two statements: orders and customers are distributed by other keys.
    fn customers_among(&mut self, audiences: &BTreeSet<Audience>) -> Result<Recipients, RepositoryError> {
        let (agents, ids): (Vec<_>, Vec<_>) = audiences
            .iter()
            .filter_map(|audience| match audience {
                Audience::Customer { agent_id, order_id } => {
                    Some((Key::from(*agent_id), Key::from(*order_id)))
                }
                _ => None,
            })
            .unzip();
        let ordered: Vec<(Key, Key, Key)> = orders::table
            .filter(orders::agent_id.eq_any(agents))
            .filter(orders::id.eq_any(ids))
            .select((orders::agent_id, orders::id, orders::customer_id))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let asked: Vec<_> = ordered.iter().map(|(.., customer_id)| *customer_id).collect();
        let accounts: BTreeMap<Key, Option<Key>> = customers::table
            .filter(customers::id.eq_any(asked))
            .select((customers::id, customers::account_id))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .collect();
        let mut found = Recipients::new();
        for (agent_id, order_id, customer_id) in ordered {
            if let Some(Some(account_id)) = accounts.get(&customer_id) {
                let audience = Audience::Customer {
                    agent_id: agent_id.into(),
                    order_id: order_id.into(),
                };
                let accounts = found.entry(audience).or_default();
                accounts.insert((*account_id).into());
            }
        }
        Ok(found)
    }

    /// Applicants, and whoever an application waits for.
    fn applicants_among(&mut self, audiences: &BTreeSet<Audience>) -> Result<Recipients, RepositoryError> {
        let ids: Vec<_> = audiences
            .iter()
            .filter_map(|audience| match audience {
                Audience::Applicant(id) | Audience::Awaited(id) => Some(Key::from(*id)),
                _ => None,
            })
            .collect();
        let rows: Vec<(Key, Key, String)> = applications::table
            .filter(applications::id.eq_any(ids))
            .select((applications::id, applications::account_id, applications::state))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut found = Recipients::new();
        for (id, account_id, state) in rows {
            let (applicant, awaited) = (Audience::Applicant(id.into()), Audience::Awaited(id.into()));
            let account = BTreeSet::from([AccountId::from(account_id)]);
            if audiences.contains(&awaited) {
                let state = StateName::from_name(&state)
                    .ok_or_else(|| corrupt("applications", "state", id, "unknown"))?;
                if state == StateName::SupplementRequired {
                    found.insert(awaited, account.clone());
                } else if state.is_open() {
                    found.insert(awaited, self.office_of(AgentId::HEADQUARTERS)?);
                }
            }
            if audiences.contains(&applicant) {
                found.insert(applicant, account);
            }
        }
        Ok(found)
    }

    fn without_disabled(&mut self, found: &mut Recipients) -> Result<(), RepositoryError> {
        let named: BTreeSet<_> = found.values().flatten().copied().map(Key::from).collect();
        let mut enabled = BTreeSet::new();
        for batch in named.into_iter().collect::<Vec<_>>().chunks(BATCH_ROWS) {
            let ids: Vec<Key> = accounts::table
                .filter(accounts::id.eq_any(batch))
                .filter(accounts::disabled_at.is_null())
                .select(accounts::id)
                .load(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            enabled.extend(ids.into_iter().map(AccountId::from));
        }
        found.retain(|_, accounts| {
            accounts.retain(|account_id| enabled.contains(account_id));
            !accounts.is_empty()
        });
        Ok(())
    }
}

impl InboxRepository for Session {
    fn find_recipients(&mut self, audiences: &BTreeSet<Audience>) -> Result<Recipients, RepositoryError> {
        let mut found = Recipients::new();
        for audience in audiences {
            if let Audience::Office(agent_id) = audience {
                found.insert(*audience, self.office_of(*agent_id)?);
            }
        }
        found.extend(self.couriers_among(audiences)?);
        found.extend(self.customers_among(audiences)?);
        found.extend(self.applicants_among(audiences)?);
        self.without_disabled(&mut found)?;
        // What was asked for as a product of two lists may be more than was wanted.
        found.retain(|audience, _| audiences.contains(audience));
        Ok(found)
    }

    fn insert_messages(&mut self, told: &BTreeMap<AccountId, Vec<&Event>>) -> Result<(), RepositoryError> {
        let mut rows = Vec::new();
        // In the order of their ids: two that write at once wait for one another and never both.
        for (account_id, events) in told {
            let count =
                i64::try_from(events.len()).map_err(|error| RepositoryError::Refused(error.to_string()))?;
            let head: i64 = diesel::insert_into(inbox_heads::table)
                .values((
                    inbox_heads::account_id.eq(Key::from(*account_id)),
                    inbox_heads::last_number.eq(count),
                ))
                .on_conflict(inbox_heads::account_id)
                .do_update()
                .set(
                    inbox_heads::last_number
                        .eq(inbox_heads::last_number + excluded(inbox_heads::last_number)),
                )
                .returning(inbox_heads::last_number)
                .get_result(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            for (number, event) in (head - count + 1..).zip(events) {
                rows.push(to_row(*account_id, number, event)?);
            }
        }
        for batch in rows.chunks(BATCH_ROWS) {
            diesel::insert_into(inbox::table)
                .values(batch)
                // An event that an inbox has leaves a number that no message has, and nobody misses.
                .on_conflict_do_nothing()
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn find_inbox_heads(
        &mut self,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<BTreeMap<AccountId, MessageNumber>, RepositoryError> {
        let keys: Vec<_> = accounts.iter().copied().map(Key::from).collect();
        let heads: Vec<(Key, i64)> = inbox_heads::table
            .filter(inbox_heads::account_id.eq_any(keys))
            .select((inbox_heads::account_id, inbox_heads::last_number))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(heads
            .into_iter()
            .map(|(account_id, number)| (account_id.into(), number))
            .collect())
    }

    fn list_messages(
        &mut self,
        account_id: AccountId,
        unread_only: bool,
        page: &PageRequest<MessageNumber>,
    ) -> Result<Page<Message, MessageNumber>, RepositoryError> {
        let mut query = inbox::table
            .filter(inbox::account_id.eq(Key::from(account_id)))
            .order(inbox::number.desc())
            .limit(page.fetch_limit())
            .select(MessageRow::as_select())
            .into_boxed();
        if unread_only {
            query = query.filter(inbox::read_at.is_null());
        }
        if let Some(after) = page.after {
            query = query.filter(inbox::number.lt(after));
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(to_message)
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |message: &Message| message.number))
    }

    fn list_messages_after(
        &mut self,
        account_id: AccountId,
        number: MessageNumber,
        limit: u16,
    ) -> Result<Vec<Message>, RepositoryError> {
        inbox::table
            .filter(inbox::account_id.eq(Key::from(account_id)))
            .filter(inbox::number.gt(number))
            .order(inbox::number)
            .limit(limit.into())
            .select(MessageRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(to_message)
            .collect()
    }

    fn count_unread_messages(&mut self, account_id: AccountId) -> Result<u16, RepositoryError> {
        let unread: Vec<i64> = inbox::table
            .filter(inbox::account_id.eq(Key::from(account_id)))
            .filter(inbox::read_at.is_null())
            .limit(MAXIMUM_COUNTED_UNREAD.into())
            .select(inbox::number)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(u16::try_from(unread.len()).unwrap_or(MAXIMUM_COUNTED_UNREAD))
    }

    fn mark_message_read(
        &mut self,
        account_id: AccountId,
        event_id: EventId,
        at: Instant,
    ) -> Result<bool, RepositoryError> {
        let own = inbox::table
            .filter(inbox::account_id.eq(Key::from(account_id)))
            .filter(inbox::event_id.eq(Key::from(event_id)));
        let found: Option<Option<Moment>> = own
            .select(inbox::read_at)
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        if found == Some(None) {
            diesel::update(own.filter(inbox::read_at.is_null()))
                .set(inbox::read_at.eq(Some(Moment(at))))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(found.is_some())
    }

    fn mark_messages_read(
        &mut self,
        account_id: AccountId,
        up_to: MessageNumber,
        at: Instant,
    ) -> Result<(), RepositoryError> {
        let unread = inbox::table
            .filter(inbox::account_id.eq(Key::from(account_id)))
            .filter(inbox::number.le(up_to))
            .filter(inbox::read_at.is_null());
        diesel::update(unread)
            .set(inbox::read_at.eq(Some(Moment(at))))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }
}
