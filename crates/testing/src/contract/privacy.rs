//! What erasing a person and keeping periods promise.

use crate::{
    SeededIds, Store,
    build::{self, agents::account_id},
    instant,
};
use agents::{
    Application, ApplicationAction, ApplicationRepository, ApplicationScope, ApplicationState, HistoryEntry,
    StateName,
};
use customers::CustomerRepository;
use events::{
    DeliveryRepository, DeliveryState, Event, Fact, Failure, InboxRepository, OutboxRepository, Topics,
    Webhook, WebhookFormat, WebhookRepository, WebhookSecret, WebhookUrl,
};
use identity::{
    Account, AccountRepository, AttemptKey, IdempotencyKey, IdempotencyRecord, IdempotencyRepository,
    Invitation, InvitationDigest, InvitationRepository, InvitationState, Membership, MembershipRepository,
    PasswordHash, Position, REFRESH_TOKEN_LIFETIME, RequestDigest, SessionRepository, SignIn,
    SignInAttemptRepository, Token, TokenDigest, TokenKind, Username,
};
use inventory::ProductRepository;
use kernel::{
    AccountId, AgentId, CustomerId, DeliveryId, EventId, IdSource, Instant, InvitationId, MembershipId,
    PersonName, RepositoryError, Scope, SessionId, Text, WebhookId,
};
use orders::{
    Courier, CourierRepository, Delivery, Order, OrderHistoryEntry, OrderRepository, OrderState, Rating,
    Score,
};
use privacy::{Erasure, ErasureRepository, Kind, RetentionRepository, Subject};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use uuid::Uuid;

/// Rows of this very instant stay when it is the edge.
const EDGE: &str = "2026-11-22T08:00:00Z";
const LIMIT: u16 = 10;

fn edge() -> Instant {
    instant(EDGE)
}

/// The last instant that is due.
fn just_before() -> Instant {
    edge() - Duration::from_micros(1)
}

fn write<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

fn account(number: u16) -> Account {
    Account {
        id: account_id(number),
        username: Some(Username::parse(&format!("user-{number}")).unwrap()),
        name: PersonName::parse("张三").unwrap(),
        password_hash: Some(PasswordHash::from_text("hash".to_owned())),
        privacy_policy_version: None,
        disabled_at: None,
        created_at: edge(),
        version: 1,
    }
}

fn membership(number: u16) -> Membership {
    Membership {
        id: MembershipId::from_uuid(Uuid::from_u128(u128::from(number))),
        account_id: account_id(number),
        position: Position::Customer(CustomerId::from_uuid(Uuid::from_u128(u128::from(number)))),
        created_at: edge(),
        ended_at: None,
    }
}

fn record(account: u16, key: &str, created_at: Instant) -> IdempotencyRecord {
    IdempotencyRecord {
        account_id: account_id(account),
        key: IdempotencyKey::parse(key).unwrap(),
        request_digest: RequestDigest::of("POST", "/", b""),
        status: 201,
        answer: "张三".as_bytes().to_vec(),
        resource_id: None,
        created_at,
    }
}

/// An erasure is noted once, at its earlier time; all come back oldest first.
pub fn an_erasure_is_noted_once<S: Store>(store: &S)
where
    S::Session: ErasureRepository,
{
    let first = Erasure {
        subject: Subject::Account(AccountId::from_uuid(Uuid::from_u128(2))),
        at: edge(),
    };
    let second = Erasure {
        subject: Subject::Customer(CustomerId::from_uuid(Uuid::from_u128(1))),
        at: edge() + Duration::from_micros(1),
    };
    let again = Erasure {
        at: edge() + Duration::from_secs(9),
        ..first
    };
    let listed = write(store, |session| {
        session.insert_erasures(&[second, first])?;
        session.insert_erasures(&[again])?;
        session.list_erasures()
    });
    assert_eq!(listed, [first, second]);
}

/// What an account signs in by goes, with its sign-ins, its memberships and its kept answers; another account's stay, and a
/// freed user name is for others.
pub fn an_account_is_emptied_and_no_other<S: Store>(store: &S)
where
    S::Session: ErasureRepository
        + AccountRepository
        + MembershipRepository
        + SessionRepository
        + IdempotencyRepository,
{
    let (gone, other) = (account_id(1), account_id(2));
    let mut tokens = Vec::new();
    write(store, |session| {
        tokens.clear();
        session.insert_accounts(&[account(1), account(2)])?;
        session.insert_memberships(&[membership(1), membership(2)])?;
        session.insert_idempotency_records(&[record(1, "a", edge()), record(2, "a", edge())])?;
        for number in [1_u16, 2] {
            let sign_in = sign_in(number, number, edge(), None);
            let rows = tokens_of(&sign_in, membership(number).id, edge());
            session.insert_session(&sign_in)?;
            session.insert_tokens(&rows)?;
            tokens.push(rows[0].digest);
        }
        Ok(())
    });
    let at = edge() + Duration::from_secs(1);
    write(store, |session| {
        session.delete_sign_ins(gone)?;
        session.delete_idempotency_records(gone)?;
        session.end_memberships_of(gone, at)?;
        session.free_login_keys(gone)
    });
    let found = write(store, |session| {
        let keys =
            [record(1, "a", edge()), record(2, "a", edge())].map(|record| (record.account_id, record.key));
        Ok((
            session.find_account(gone)?.unwrap().username,
            session.find_account_by_username(account(1).username.as_ref().unwrap())?,
            session.find_account_by_username(account(2).username.as_ref().unwrap())?,
            session.list_memberships(gone)?[0].ended_at,
            session.list_memberships(other)?[0].ended_at,
            [
                session.list_sign_ins(gone)?.len(),
                session.list_sign_ins(other)?.len(),
            ],
            session.find_token(&tokens[0])?.is_none(),
            session.find_token(&tokens[1])?.is_some(),
            session
                .find_idempotency_records(&keys)?
                .into_keys()
                .map(|(id, _)| id)
                .collect::<Vec<_>>(),
        ))
    });
    assert_eq!(found.0, None);
    assert_eq!(found.1, None);
    assert_eq!(found.2, Some(account(2)));
    assert_eq!((found.3, found.4), (Some(at), None));
    assert_eq!(found.5, [0, 1]);
    assert!(found.6 && found.7);
    assert_eq!(found.8, [other]);
    let successor = Account {
        username: account(1).username,
        ..account(3)
    };
    write(store, |session| {
        session.insert_accounts(std::slice::from_ref(&successor))
    });
}

/// A customer's addresses go, and nobody else's.
pub fn addresses_of_a_customer_are_deleted<S: Store>(store: &S)
where
    S::Session: ErasureRepository + CustomerRepository,
{
    let (gone, other) = (build::customers::customer(1), build::customers::customer(2));
    let left = write(store, |session| {
        session.insert_customers(&[gone.clone(), other.clone()])?;
        session.insert_addresses(&[build::customers::address(1, 1), build::customers::address(2, 2)])?;
        session.delete_addresses(gone.id)?;
        Ok([session.list_addresses(&gone)?, session.list_addresses(&other)?])
    });
    assert_eq!(left, [vec![], vec![build::customers::address(2, 2)]]);
}

/// The last change of an order in that state, at that instant, with words in every place that takes some.
fn ended<S: Store>(store: &S, ids: &SeededIds, count: u32, state: OrderState, at: Instant) -> Order
where
    S::Session: OrderRepository,
{
    let placed_at = at - Duration::from_hours(1);
    let mut order = build::orders::order(ids, placed_at, count, build::customers::customer_id(1));
    order.note = Some(Text::parse("放门口").unwrap());
    let placed = OrderHistoryEntry {
        agent_id: order.agent_id,
        order_id: order.id,
        version: 1,
        at: placed_at,
        actor: None,
        from_state: None,
        to_state: "placed",
        reason: None,
    };
    let changed = Order {
        state,
        version: 2,
        ..order.clone()
    };
    let entry = OrderHistoryEntry {
        version: 2,
        at,
        from_state: Some("placed"),
        to_state: changed.state.name(),
        reason: Some(Text::parse("客户张三改期").unwrap()),
        ..placed.clone()
    };
    write(store, |session| {
        session.insert_orders(std::slice::from_ref(&order))?;
        session.save_orders(std::slice::from_ref(&changed))?;
        session.insert_order_history(&[placed.clone(), entry.clone()])
    });
    changed
}

fn world<S: Store>(store: &S) -> Courier
where
    S::Session: ProductRepository + CustomerRepository + CourierRepository,
{
    let courier = build::orders::courier(1, AgentId::HEADQUARTERS);
    write(store, |session| {
        session.insert_products(&[build::inventory::product(1)])?;
        session.insert_customers(&[build::customers::customer(1)])?;
        session.insert_couriers(std::slice::from_ref(&courier))
    });
    courier
}

fn delivered(courier: &Courier) -> OrderState {
    OrderState::Delivered(Delivery {
        courier_id: courier.id,
        delivered_at: edge(),
        buckets_returned: 2,
        proof: Some(Text::parse("签收码 8812").unwrap()),
    })
}

/// An order loses what tells who it was for, in its row, its history and its rating, and keeps every fact; an order that
/// changed since it was read is not touched.
pub fn an_order_loses_its_person_and_keeps_its_facts<S: Store>(store: &S)
where
    S::Session:
        ErasureRepository + OrderRepository + ProductRepository + CustomerRepository + CourierRepository,
{
    let (ids, courier) = (SeededIds::new(1), world(store));
    let order = ended(store, &ids, 1, delivered(&courier), edge());
    let rating = Rating {
        agent_id: order.agent_id,
        order_id: order.id,
        customer_id: order.customer_id,
        courier_id: courier.id,
        score: Score::parse(4).unwrap(),
        comment: Some(Text::parse("张三很满意").unwrap()),
        tags: vec![Text::parse("准时").unwrap()],
        rated_at: edge(),
    };
    let blank = order.clone().without_person();
    assert_ne!(blank, order);
    write(store, |session| {
        session.insert_ratings(std::slice::from_ref(&rating))?;
        session.save_erased_orders(std::slice::from_ref(&blank), edge())
    });
    let (found, history, ratings) = write(store, |session| {
        Ok((
            session.find_order(Scope::All, order.id)?.unwrap(),
            session.list_order_history(&order)?,
            session.find_ratings(&BTreeSet::from([(order.agent_id, order.id)]))?,
        ))
    });
    assert_eq!(found, blank);
    assert_eq!((found.lines, found.total), (order.lines.clone(), order.total));
    assert_eq!(history.len(), 2);
    assert!(history.iter().all(|entry| entry.reason.is_none()));
    let wordless = Rating {
        comment: None,
        tags: vec![],
        ..rating
    };
    assert_eq!(ratings[&order.id], wordless);

    let stale = Order { version: 1, ..blank };
    let refused = store.write::<_, RepositoryError>(|session| {
        session.save_erased_orders(std::slice::from_ref(&stale), edge())
    });
    assert!(matches!(refused, Err(RepositoryError::LostRace(_))));
}

/// The personal part of an order is due from its last change on, once, and only where the order has ended.
pub fn orders_are_due_by_their_last_change<S: Store>(store: &S)
where
    S::Session: ErasureRepository
        + RetentionRepository
        + OrderRepository
        + ProductRepository
        + CustomerRepository
        + CourierRepository,
{
    let (ids, courier) = (SeededIds::new(1), world(store));
    let courier_id = courier.id;
    let due = ended(store, &ids, 1, delivered(&courier), just_before());
    let cancelled = ended(
        store,
        &ids,
        2,
        OrderState::Cancelled { reason: None },
        just_before(),
    );
    let at_edge = ended(store, &ids, 3, delivered(&courier), edge());
    let assigned = ended(store, &ids, 4, OrderState::Assigned { courier_id }, just_before());
    let find = |limit| {
        write(store, |session| {
            let found = session.find_due_orders(edge(), limit)?;
            let mut ids: Vec<_> = found.into_iter().map(|order| order.id).collect();
            ids.sort_unstable();
            Ok((ids, session.count_due(Kind::Orders, edge())?))
        })
    };
    let mut expected = vec![due.id, cancelled.id];
    expected.sort_unstable();
    assert_eq!(find(LIMIT), (expected, 2));
    assert_eq!(find(1).0.len(), 1);
    write(store, |session| {
        let found = session.find_due_orders(edge(), LIMIT)?;
        let blank: Vec<_> = found.into_iter().map(Order::without_person).collect();
        session.save_erased_orders(&blank, edge())
    });
    assert_eq!(find(LIMIT), (vec![], 0));
    for kept in [at_edge, assigned] {
        let found = write(store, |session| session.find_order(Scope::All, kept.id));
        assert_eq!(found, Some(kept));
    }
}

/// Idempotency records are due by their age; what is at the edge stays, and no batch is larger than its limit.
pub fn idempotency_records_are_due_by_their_age<S: Store>(store: &S)
where
    S::Session: RetentionRepository + IdempotencyRepository + AccountRepository,
{
    let records = [
        record(1, "due", just_before()),
        record(1, "due-2", just_before()),
        record(1, "edge", edge()),
        record(2, "due", edge()),
        record(2, "due-3", just_before()),
    ];
    write(store, |session| {
        session.insert_accounts(&[account(1), account(2)])?;
        session.insert_idempotency_records(&records)
    });
    let (counted, first, second, third, left) = write(store, |session| {
        let counted = session.count_due(Kind::IdempotencyRecords, edge())?;
        let mut removed = Vec::new();
        for _ in 0..3 {
            removed.push(session.remove_due_idempotency_records(edge(), 2)?);
        }
        let keys = records.clone().map(|record| (record.account_id, record.key));
        let left = session.find_idempotency_records(&keys)?;
        let left: Vec<_> = left
            .into_keys()
            .map(|(id, key)| (id, key.as_str().to_owned()))
            .collect();
        Ok((counted, removed[0], removed[1], removed[2], left))
    });
    assert_eq!(counted, 3);
    assert_eq!(first + second + third, 3);
    assert_eq!(third, 0);
    assert_eq!(
        left,
        [
            (account_id(1), "edge".to_owned()),
            (account_id(2), "due".to_owned())
        ]
    );
}

fn sign_in(id: u16, account: u16, refreshed_at: Instant, ended_at: Option<Instant>) -> SignIn {
    SignIn {
        id: SessionId::from_uuid(Uuid::from_u128(u128::from(id))),
        account_id: account_id(account),
        user_agent: None,
        address: None,
        started_at: refreshed_at,
        refreshed_at,
        ended_at,
    }
}

/// An access token of a sign-in, told from others by the sign-in's id, and no refresh token.
fn tokens_of(sign_in: &SignIn, membership_id: MembershipId, expires_at: Instant) -> [Token; 1] {
    let mut sha256 = [0; 32];
    sha256[..16].copy_from_slice(sign_in.id.as_uuid().as_bytes());
    [Token {
        digest: TokenDigest::from_row(sign_in.account_id, sha256),
        session_id: sign_in.id,
        membership_id,
        kind: TokenKind::Access,
        expires_at,
        used_at: None,
    }]
}

/// Sign-ins and tokens are counted as due exactly where they are purged: tokens by their expiry, sign-ins by their end, or
/// once they cannot be refreshed any more; what is at the edge stays.
pub fn sign_ins_are_counted_as_they_are_purged<S: Store>(store: &S)
where
    S::Session: RetentionRepository
        + ErasureRepository
        + SessionRepository
        + AccountRepository
        + MembershipRepository,
{
    let lapsed = edge() - REFRESH_TOKEN_LIFETIME;
    let sign_ins = [
        sign_in(1, 1, edge(), Some(just_before())),
        sign_in(2, 1, edge(), Some(edge())),
        sign_in(3, 1, lapsed, None),
        sign_in(4, 1, lapsed - Duration::from_micros(1), None),
    ];
    write(store, |session| {
        session.insert_accounts(&[account(1)])?;
        session.insert_memberships(&[membership(1)])?;
        for (sign_in, expires_at) in sign_ins.iter().zip([edge(), edge(), edge(), just_before()]) {
            session.insert_session(sign_in)?;
            session.insert_tokens(&tokens_of(sign_in, membership(1).id, expires_at))?;
        }
        Ok(())
    });
    let due = |kind| write(store, |session| session.count_due(kind, edge()));
    assert_eq!((due(Kind::Tokens), due(Kind::SignIns)), (1, 2));
    let (tokens, ended, left) = write(store, |session| {
        let tokens = session.purge_expired_tokens(edge(), LIMIT.into())?;
        let ended = session.purge_sessions(edge(), LIMIT.into())?;
        let left = session.list_sign_ins(account_id(1))?;
        let left: Vec<_> = left.into_iter().map(|sign_in| sign_in.id).collect();
        Ok((tokens, ended, left))
    });
    assert_eq!((tokens, ended), (1, 2));
    assert_eq!((due(Kind::Tokens), due(Kind::SignIns)), (0, 0));
    assert_eq!(left, [sign_ins[2].id, sign_ins[1].id], "oldest first");
}

/// Counters of failed sign-ins are counted as due exactly where they are purged.
pub fn attempt_counters_are_counted_as_they_are_purged<S: Store>(store: &S)
where
    S::Session: RetentionRepository + SignInAttemptRepository,
{
    let key = |byte: u8| AttemptKey::Address(std::net::IpAddr::from([192, 0, 2, byte]));
    let (counted, purged, again) = write(store, |session| {
        session.lock_attempt_counters(&[key(1)], just_before())?;
        session.lock_attempt_counters(&[key(2)], edge())?;
        let counted = session.count_due(Kind::SignInAttempts, edge())?;
        let purged = session.purge_attempt_counters(edge(), LIMIT.into())?;
        Ok((counted, purged, session.count_due(Kind::SignInAttempts, edge())?))
    });
    assert_eq!((counted, purged, again), (1, 1, 0));
}

/// Invitations are due from their end on, whichever it was; open ones that have not expired stay.
pub fn invitations_are_due_by_their_end<S: Store>(store: &S)
where
    S::Session: RetentionRepository + ErasureRepository + InvitationRepository,
{
    let after = edge() + Duration::from_mins(1);
    let accepted = |at| InvitationState::Accepted {
        account_id: account_id(1),
        at,
    };
    let cases = [
        (1, accepted(just_before()), after),
        (2, InvitationState::Withdrawn { at: just_before() }, after),
        (3, InvitationState::Open, just_before()),
        (4, accepted(edge()), just_before()),
        (5, InvitationState::Open, edge()),
    ];
    let invitation = |id: u8, expires_at| Invitation {
        id: InvitationId::from_uuid(Uuid::from_u128(id.into())),
        agent_id: AgentId::HEADQUARTERS,
        position: Position::Operator,
        name: PersonName::parse("张三").unwrap(),
        digest: InvitationDigest::from_row(AgentId::HEADQUARTERS, [id; 32]),
        invited_by: MembershipId::from_uuid(Uuid::from_u128(1)),
        created_at: edge() - Duration::from_mins(1),
        expires_at,
        state: InvitationState::Open,
    };
    write(store, |session| {
        for (id, state, expires_at) in cases {
            let open = invitation(id, expires_at);
            session.insert_invitation(&open)?;
            if state != InvitationState::Open {
                session.close_invitation(&Invitation { state, ..open })?;
            }
        }
        Ok(())
    });
    let (counted, first, rest, again) = write(store, |session| {
        Ok((
            session.count_due(Kind::Invitations, edge())?,
            session.remove_due_invitations(edge(), 2)?,
            session.remove_due_invitations(edge(), LIMIT)?,
            session.count_due(Kind::Invitations, edge() + Duration::from_micros(1))?,
        ))
    });
    assert_eq!((counted, first, rest, again), (3, 2, 1, 2));
    // Whoever accepted one takes it along.
    let left = write(store, |session| {
        session.delete_invitations_of(account_id(1))?;
        session.count_due(Kind::Invitations, edge() + Duration::from_micros(1))
    });
    assert_eq!(left, 1);
}

/// Events are due by their delivery; what waits stays for good.
pub fn events_are_due_by_their_delivery<S: Store>(store: &S)
where
    S::Session: RetentionRepository + OutboxRepository,
{
    let ids = SeededIds::new(1);
    let event = |version| {
        let occurred_at = edge() - Duration::from_mins(1);
        Event {
            id: EventId::from_uuid(ids.next_uuid(occurred_at)),
            agent_id: AgentId::HEADQUARTERS,
            aggregate_id: Uuid::from_u128(1),
            aggregate_version: version,
            occurred_at,
            fact: Fact::CustomerChanged {
                customer_id: build::customers::customer_id(1),
            },
        }
    };
    let (due, at_edge, waiting) = (event(1), event(2), event(3));
    let (counted, removed, again, left) = write(store, |session| {
        session.insert_events(&[due.clone(), at_edge.clone(), waiting.clone()])?;
        session.mark_events_delivered(std::slice::from_ref(&due), just_before())?;
        session.mark_events_delivered(std::slice::from_ref(&at_edge), edge())?;
        Ok((
            session.count_due(Kind::Events, edge())?,
            session.remove_due_events(edge(), LIMIT)?,
            session.remove_due_events(edge(), LIMIT)?,
            session.count_due(Kind::Events, edge() + Duration::from_secs(1))?,
        ))
    });
    assert_eq!((counted, removed, again, left), (1, 1, 0, 1));
    let still = write(store, |session| session.find_waiting_events(LIMIT));
    assert_eq!(still, [waiting]);
}

/// An application without pictures.
fn bare(id: u16) -> Application {
    Application {
        attachments: Vec::new(),
        ..build::agents::application(id, &["330106"])
    }
}

/// Applications are due from their end on where that was no contract, and go with all that belongs to them.
pub fn applications_are_due_by_their_end<S: Store>(store: &S)
where
    S::Session: RetentionRepository + ApplicationRepository,
{
    let rejected = ApplicationState::Rejected {
        reason: Text::parse("资料不实").unwrap(),
    };
    let approved = ApplicationState::Approved {
        agent_id: AgentId::HEADQUARTERS,
    };
    let cases = [
        (1, rejected.clone(), just_before()),
        (2, ApplicationState::Withdrawn, just_before()),
        (3, rejected, edge()),
        (4, approved, just_before()),
        (5, ApplicationState::Reviewing, just_before()),
    ];
    let submitted = |application: &Application, at| HistoryEntry {
        at,
        actor: Some(application.account_id),
        action: ApplicationAction::Submit,
        from: None,
        to: StateName::Submitted,
        held_until: None,
        reason: None,
    };
    write(store, |session| {
        for (id, state, at) in cases.clone() {
            let application = bare(id);
            let entry = submitted(&application, just_before() - Duration::from_mins(1));
            session.insert_application(&application, &entry)?;
            let ended = HistoryEntry {
                to: state.name(),
                from: Some(StateName::Submitted),
                ..submitted(&application, at)
            };
            let ended_application = Application {
                deadline: application.deadline.filter(|_| state.name().is_open()),
                state,
                ..application
            };
            session.save_application(&ended_application, &ended)?;
        }
        Ok(())
    });
    let (counted, removed, left) = write(store, |session| {
        let counted = session.count_due(Kind::Applications, edge())?;
        let removed = [
            session.remove_due_applications(edge(), 1)?,
            session.remove_due_applications(edge(), LIMIT)?,
            session.remove_due_applications(edge(), LIMIT)?,
        ];
        let mut left = Vec::new();
        for (id, ..) in &cases {
            let application = bare(*id);
            let found = session.find_application(ApplicationScope::All, application.id)?;
            assert_eq!(
                found.is_none(),
                session.list_application_history(&application)?.is_empty()
            );
            left.extend(found.map(|_| *id));
        }
        Ok((counted, removed, left))
    });
    assert_eq!((counted, removed), (2, [1, 1, 0]));
    assert_eq!(left, [3, 4, 5]);
}

fn told(id: u128, occurred_at: Instant) -> Event {
    Event {
        id: EventId::from_uuid(Uuid::from_u128(id)),
        agent_id: AgentId::HEADQUARTERS,
        aggregate_id: Uuid::from_u128(1),
        aggregate_version: 1,
        occurred_at,
        fact: Fact::CustomerChanged {
            customer_id: build::customers::customer_id(1),
        },
    }
}

/// A message that was read is due by its reading, another by its event.
pub fn messages_are_due_once_read_or_old<S: Store>(store: &S)
where
    S::Session: RetentionRepository + InboxRepository,
{
    let (own, other) = (account_id(1), account_id(2));
    let old = just_before();
    let events = [told(1, old), told(2, old), told(3, old), told(4, edge())];
    let all = events.iter().collect::<Vec<_>>();
    let (counted, removed, left) = write(store, |session| {
        session.insert_messages(&BTreeMap::from([(own, all.clone()), (other, vec![&events[3]])]))?;
        session.mark_message_read(own, events[0].id, just_before())?;
        session.mark_message_read(own, events[1].id, edge())?;
        let counted = [
            session.count_due(Kind::ReadMessages, edge())?,
            session.count_due(Kind::UnreadMessages, edge())?,
        ];
        let removed = [
            session.remove_due_read_messages(edge(), LIMIT)?,
            session.remove_due_read_messages(edge(), LIMIT)?,
            session.remove_due_unread_messages(edge(), LIMIT)?,
            session.remove_due_unread_messages(edge(), LIMIT)?,
        ];
        let left = [
            session.list_messages_after(own, 0, LIMIT)?,
            session.list_messages_after(other, 0, LIMIT)?,
        ];
        Ok((counted, removed, left))
    });
    assert_eq!((counted, removed), ([1, 1], [1, 0, 1, 0]));
    let left = left.map(|messages| messages.iter().map(|message| message.number).collect::<Vec<_>>());
    assert_eq!(left, [vec![2, 4], vec![1]]);
}

/// An account's inbox goes, and nobody else's.
pub fn an_inbox_goes_with_its_account<S: Store>(store: &S)
where
    S::Session: ErasureRepository + InboxRepository,
{
    let (gone, other) = (account_id(1), account_id(2));
    let event = told(1, edge());
    let left = write(store, |session| {
        session.insert_messages(&BTreeMap::from([(gone, vec![&event]), (other, vec![&event])]))?;
        session.delete_inbox(gone)?;
        Ok([
            session.list_messages_after(gone, 0, LIMIT)?.len(),
            session.list_messages_after(other, 0, LIMIT)?.len(),
        ])
    });
    assert_eq!(left, [0, 1]);
}

/// Dead letters are due by their death; what waits stays for good.
pub fn dead_letters_are_due_by_their_death<S: Store>(store: &S)
where
    S::Session: RetentionRepository + WebhookRepository + DeliveryRepository,
{
    let webhook = Webhook {
        id: WebhookId::from_uuid(Uuid::from_u128(1)),
        agent_id: AgentId::HEADQUARTERS,
        url: WebhookUrl::parse("https://example.com/").unwrap(),
        format: WebhookFormat::Json,
        topics: Topics::parse(["customer_changed"]).unwrap(),
        enabled: true,
        secret: WebhookSecret::of([7; 32]),
        created_at: edge(),
        version: 1,
    };
    let delivery = |id: u128, state| events::Delivery {
        id: DeliveryId::from_uuid(Uuid::from_u128(id)),
        agent_id: webhook.agent_id,
        webhook_id: webhook.id,
        event: told(id, just_before()),
        state,
        attempts: 1,
        last_failure: Some(Failure::Timeout),
    };
    let dead = |at| DeliveryState::Dead { at };
    let waiting = DeliveryState::Waiting {
        next_attempt_at: just_before(),
    };
    let (counted, removed, again, left) = write(store, |session| {
        session.insert_webhook(&webhook)?;
        session.insert_deliveries(&[
            delivery(1, dead(just_before())),
            delivery(2, dead(edge())),
            delivery(3, waiting),
        ])?;
        Ok((
            session.count_due(Kind::DeadLetters, edge())?,
            session.remove_due_dead_letters(edge(), LIMIT)?,
            session.remove_due_dead_letters(edge(), LIMIT)?,
            session.count_deliveries()?,
        ))
    });
    assert_eq!((counted, removed, again, left), (1, 1, 0, (1, 1)));
}
