//! All that is kept about a person, in the clear, for the person.

use crate::{Person, PersonSession};
use agents::{
    Agent, Application, ApplicationFilter, ApplicationOrder, ApplicationScope, Consequence, Contract,
    DepositEntry, HistoryEntry, Inspection, MarketReport, SupportRequest,
};
use attachments::Attachment;
use customers::{Address, Customer};
use events::Message;
use identity::{Account, AuditEntry, AuditFilter, Consent, Membership, Role, SignIn};
use kernel::{AccountId, CustomerId, MAXIMUM_PAGE_LIMIT, Page, PageRequest, RepositoryError, Scope};
use orders::{Courier, Order, OrderFilter, OrderHistoryEntry, Rating};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An account with all that hangs on it. Hashes of passwords and tokens tell nobody anything and are left out.
#[derive(Clone, Debug)]
pub struct HeldAccount {
    /// The account.
    pub account: Account,
    /// What was agreed to, oldest first.
    pub consents: Vec<Consent>,
    /// What it is and was, oldest first.
    pub memberships: Vec<Membership>,
    /// The sign-ins that are kept, oldest first.
    pub sign_ins: Vec<SignIn>,
    /// Its inbox, newest first.
    pub messages: Vec<Message>,
}

/// A customer's record.
#[derive(Clone, Debug)]
pub struct HeldCustomer {
    /// The record.
    pub customer: Customer,
    /// Its addresses.
    pub addresses: Vec<Address>,
    /// Its orders at every agent, newest first within each.
    pub orders: Vec<HeldOrder>,
}

/// An order.
#[derive(Clone, Debug)]
pub struct HeldOrder {
    /// The order.
    pub order: Order,
    /// What happened to it, oldest first.
    pub history: Vec<OrderHistoryEntry>,
    /// What the customer thought of it.
    pub rating: Option<Rating>,
}

/// An application.
#[derive(Clone, Debug)]
pub struct HeldApplication {
    /// The application.
    pub application: Application,
    /// What happened to it, oldest first.
    pub history: Vec<HistoryEntry>,
}

/// An agent whose owner the person is or was.
#[derive(Clone, Debug)]
pub struct HeldAgent {
    /// The agent.
    pub agent: Agent,
    /// Its contracts, oldest first.
    pub contracts: Vec<Contract>,
    /// The ledgers of its deposits, newest first, with what was said against deductions.
    pub deposits: Vec<DepositEntry>,
    /// What market support was asked for, newest first.
    pub support: Vec<SupportRequest>,
    /// What inspections found and what was answered, newest first.
    pub inspections: Vec<Inspection>,
    /// What was written about its market, oldest first.
    pub market_reports: Vec<MarketReport>,
    /// What followed from its obligations, newest first.
    pub consequences: Vec<Consequence>,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The account, where there is one.
    pub account: Option<HeldAccount>,
    /// The customer records.
    pub customers: Vec<HeldCustomer>,
    /// The applications, newest first.
    pub applications: Vec<HeldApplication>,
    /// The pictures that they uploaded, oldest first. Their contents are read one by one.
    pub attachments: Vec<Attachment>,
    /// The agents.
    pub agents: Vec<HeldAgent>,
    /// The courier records.
    pub couriers: Vec<Courier>,
    /// What the audit log says of what they did and of what was done to what is theirs, oldest first.
    pub audit_entries: Vec<AuditEntry>,
}

/// Gathers all that is kept about a person. It grows with what the person did, and with nothing else.
pub fn held_about(
    session: &mut (impl PersonSession + ?Sized),
    person: &Person,
) -> Result<Held, RepositoryError> {
    let account = match person.account_id {
        Some(account_id) => held_account(session, account_id)?,
        None => None,
    };
    let memberships = account.as_ref().map_or(&[][..], |held| &held.memberships);
    let agent_ids: BTreeSet<_> = memberships
        .iter()
        .filter(|membership| membership.position.role() == Role::AgentOwner)
        .filter_map(|membership| membership.position.agent_id())
        .collect();
    let owned: Vec<_> = agent_ids
        .iter()
        .filter_map(|agent_id| Scope::Agent(*agent_id).own_agent())
        .collect();
    let agent_ids: Vec<_> = agent_ids.into_iter().collect();
    let couriers = match person.account_id {
        Some(account_id) => couriers_of(session, account_id)?,
        None => Vec::new(),
    };
    let mut contracts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for contract in session.list_contracts(&owned)? {
        contracts.entry(contract.agent_id).or_default().push(contract);
    }
    let mut found = session.find_agents(&agent_ids)?;
    let mut agents = Vec::new();
    for reached in owned {
        let Some(agent) = found.remove(&reached.id()) else {
            continue;
        };
        agents.push(HeldAgent {
            contracts: contracts.remove(&agent.id).unwrap_or_default(),
            deposits: every_page(|page| session.list_deposit_entries(reached, None, page))?,
            support: every_page(|page| session.list_support_requests(reached, None, page))?,
            inspections: every_page(|page| session.list_inspections(reached, None, page))?,
            market_reports: session.list_market_reports(reached)?,
            consequences: every_page(|page| session.list_consequences(reached, page))?,
            agent,
        });
    }
    let customers = held_customers(session, &person.customer_ids)?;
    let (applications, attachments) = match person.account_id {
        Some(account_id) => (
            held_applications(session, account_id)?,
            session.list_attachments(account_id)?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let mut subjects: BTreeSet<Uuid> = person.subjects().into_iter().map(crate::Subject::id).collect();
    subjects.extend(applications.iter().map(|held| held.application.id.as_uuid()));
    subjects.extend(couriers.iter().map(|courier| courier.id.as_uuid()));
    subjects.extend(agents.iter().map(|held| held.agent.id.as_uuid()));
    let audit_entries = held_audit_entries(session, person.account_id, &subjects)?;
    Ok(Held {
        account,
        customers,
        applications,
        attachments,
        agents,
        couriers,
        audit_entries,
    })
}

fn held_account(
    session: &mut (impl PersonSession + ?Sized),
    account_id: AccountId,
) -> Result<Option<HeldAccount>, RepositoryError> {
    let Some(account) = session.find_account(account_id)? else {
        return Ok(None);
    };
    Ok(Some(HeldAccount {
        account,
        consents: session.list_consents(account_id)?,
        memberships: session.list_memberships(account_id)?,
        sign_ins: session.list_sign_ins(account_id)?,
        messages: every_page(|page| session.list_messages(account_id, false, page))?,
    }))
}

fn held_customers(
    session: &mut (impl PersonSession + ?Sized),
    ids: &BTreeSet<CustomerId>,
) -> Result<Vec<HeldCustomer>, RepositoryError> {
    let mut held = Vec::new();
    for customer in session.find_customers(ids)?.into_values() {
        let orders = orders_of(session, customer.id)?;
        held.push(HeldCustomer {
            addresses: session.list_addresses(&customer)?,
            orders: held_orders(session, orders)?,
            customer,
        });
    }
    Ok(held)
}

fn held_orders(
    session: &mut (impl PersonSession + ?Sized),
    orders: Vec<Order>,
) -> Result<Vec<HeldOrder>, RepositoryError> {
    let mut ratings = BTreeMap::new();
    for batch in orders.chunks(usize::from(MAXIMUM_PAGE_LIMIT)) {
        let keys = batch.iter().map(|order| (order.agent_id, order.id)).collect();
        ratings.extend(session.find_ratings(&keys)?);
    }
    orders
        .into_iter()
        .map(|order| {
            Ok(HeldOrder {
                history: session.list_order_history(&order)?,
                rating: ratings.remove(&order.id),
                order,
            })
        })
        .collect()
}

/// Every order of a customer, asked of the agents that the customer ordered from.
pub(crate) fn orders_of(
    session: &mut (impl PersonSession + ?Sized),
    customer_id: CustomerId,
) -> Result<Vec<Order>, RepositoryError> {
    let mut orders = Vec::new();
    for agent_id in session.list_agents_of_customer(customer_id)? {
        let filter = OrderFilter {
            agent_id: Some(agent_id),
            customer_id: Some(customer_id),
            ..OrderFilter::default()
        };
        orders.extend(every_page(|page| session.list_orders(Scope::All, &filter, page))?);
    }
    Ok(orders)
}

/// Every application of an account, newest first.
pub(crate) fn applications_of(
    session: &mut (impl PersonSession + ?Sized),
    account_id: AccountId,
) -> Result<Vec<Application>, RepositoryError> {
    let (scope, any) = (ApplicationScope::Own(account_id), ApplicationFilter::default());
    every_page(|page| session.list_applications(scope, &any, ApplicationOrder::Newest, page))
}

fn held_applications(
    session: &mut (impl PersonSession + ?Sized),
    account_id: AccountId,
) -> Result<Vec<HeldApplication>, RepositoryError> {
    applications_of(session, account_id)?
        .into_iter()
        .map(|application| {
            Ok(HeldApplication {
                history: session.list_application_history(&application)?,
                application,
            })
        })
        .collect()
}

fn held_audit_entries(
    session: &mut (impl PersonSession + ?Sized),
    actor: Option<AccountId>,
    subjects: &BTreeSet<Uuid>,
) -> Result<Vec<AuditEntry>, RepositoryError> {
    let by_subject = subjects.iter().map(|subject| AuditFilter {
        subject: Some(*subject),
        ..AuditFilter::default()
    });
    let by_actor = actor.map(|actor| AuditFilter {
        actor: Some(actor),
        ..AuditFilter::default()
    });
    let mut entries = BTreeMap::new();
    for filter in by_subject.chain(by_actor) {
        let found = every_page(|page| session.list_audit_entries(&filter, page))?;
        entries.extend(found.into_iter().map(|entry| (entry.id, entry)));
    }
    Ok(entries.into_values().collect())
}

/// Reads a list from its first page to its last.
fn every_page<Item, Key>(
    mut read: impl FnMut(&PageRequest<Key>) -> Result<Page<Item, Key>, RepositoryError>,
) -> Result<Vec<Item>, RepositoryError> {
    let mut items = Vec::new();
    let mut request = PageRequest {
        limit: MAXIMUM_PAGE_LIMIT,
        after: None,
    };
    loop {
        let page = read(&request)?;
        items.extend(page.items);
        if page.next.is_none() {
            return Ok(items);
        }
        request.after = page.next;
    }
}

/// The couriers that the account is now. One it was has no person, or another.
pub(crate) fn couriers_of(
    session: &mut (impl PersonSession + ?Sized),
    account_id: AccountId,
) -> Result<Vec<Courier>, RepositoryError> {
    let memberships = session.list_memberships(account_id)?;
    let keys: BTreeSet<_> = memberships
        .iter()
        .map(|membership| membership.position)
        .filter_map(|position| position.agent_id().zip(position.courier_id()))
        .collect();
    let mut couriers: Vec<_> = session.find_couriers(&keys)?.into_values().collect();
    couriers.retain(|courier| courier.account_id == Some(account_id));
    Ok(couriers)
}
