//! Keys rotate over every sealed column, go on where they broke off, and are removed only when nothing needs them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

#[path = "support/stored.rs"]
mod support;

use agents::{
    AgentLevel, Answer, Appeal, AppealDecision, AppealOutcome, Application, ApplicationAction,
    ApplicationScope, ApplicationState, ConsequenceDecision, Decided, FollowUp, HistoryEntry, Inspection,
    StateName, SupportRequest, SupportState,
};
use attachments::Attachment;
use customers::{AgentCustomer, CustomerFilter};
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::BigInt,
};
use events::{Topics, Webhook, WebhookFormat, WebhookSecret, WebhookUrl};
use identity::{
    Account, AuditAction, AuditEntry, AuditFilter, IdempotencyKey, IdempotencyRecord, Invitation,
    InvitationDigest, InvitationState, Origin, Position, RequestDigest, SignIn, UserAgent, Username,
};
use inventory::MovementNote;
use kernel::{
    AccountId, AgentId, BusinessDay, CustomerId, InvitationId, MembershipId, PageRequest, PersonName,
    ReachedAgent, RepositoryError, Scope, SessionId, Text, WebhookId,
};
use orders::{Delivery, Order, OrderHistoryEntry, OrderState, Rating, Score};
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering},
};
use storage::{
    Database, KeyFile, KeySource, Keys, KeysError, Options, Rotated, RotationError, RotationProgress,
    SealedTable, SealedUnder, Session, Vault,
};
use support::Stored;
use tempfile::TempDir;
use testing::{SeededIds, build, instant};
use uuid::Uuid;

const AT: &str = "2026-11-22T08:00:00Z";

/// A database whose keys are in a file of its own.
struct Installation {
    stored: Stored,
    file: KeyFile,
    _folder: TempDir,
}

impl Installation {
    fn on(stored: Stored) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::at(folder.path().join("keys.toml"));
        KeyFile::create(file.path(), &Keys::generate(false).unwrap()).unwrap();
        Self {
            stored,
            file,
            _folder: folder,
        }
    }

    /// As one program among several opens it.
    fn open(&self) -> Database {
        let options = Options {
            durable: false,
            ..Options::default()
        };
        let vault = Vault::open_source(KeySource::File(self.file.clone())).unwrap();
        Database::open(&self.stored.url, options, vault).unwrap()
    }

    fn count(&self, statement: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let found: Count = match self.stored.url.strip_prefix("sqlite://") {
            Some(path) => sql_query(statement)
                .get_result(&mut SqliteConnection::establish(path).unwrap())
                .unwrap(),
            None => sql_query(statement)
                .get_result(&mut PgConnection::establish(&self.stored.url).unwrap())
                .unwrap(),
        };
        found.count
    }
}

/// Counts what it is told.
#[derive(Default)]
struct Told(AtomicU64);

impl RotationProgress for Told {
    fn begin_pass(&self, values: u64) {
        assert!(values > 0);
    }

    fn advance(&self, values: u64) {
        self.0.fetch_add(values, Ordering::Relaxed);
    }
}

/// Breaks off half way through the second pass, the first under a new key.
#[derive(Default)]
struct BreakingOff {
    passes: AtomicU64,
    left: AtomicU64,
}

impl RotationProgress for BreakingOff {
    fn begin_pass(&self, values: u64) {
        let first = self.passes.fetch_add(1, Ordering::Relaxed) == 0;
        self.left
            .store(if first { values } else { values / 2 }, Ordering::Relaxed);
    }

    fn advance(&self, values: u64) {
        let left = self.left.load(Ordering::Relaxed).checked_sub(values);
        self.left
            .store(left.expect("broken off on purpose"), Ordering::Relaxed);
    }
}

fn headquarters() -> AgentId {
    AgentId::HEADQUARTERS
}

fn reached_headquarters() -> ReachedAgent {
    Scope::All.own_agent().unwrap()
}

fn customer_id() -> CustomerId {
    build::customers::customer_id(1)
}

fn account_id() -> AccountId {
    build::agents::account_id(1)
}

fn idempotency_key() -> IdempotencyKey {
    IdempotencyKey::parse("a-key").unwrap()
}

fn application() -> Application {
    Application {
        state: ApplicationState::Rejected {
            reason: Text::parse("资料不全").unwrap(),
        },
        deadline: None,
        ..build::agents::application(1, &["330106"])
    }
}

/// One delivered and one failed order.
fn orders() -> [Order; 2] {
    let ids = SeededIds::new(1);
    let courier_id = build::orders::courier(1, headquarters()).id;
    let states = [
        OrderState::Delivered(Delivery {
            courier_id,
            delivered_at: instant(AT),
            buckets_returned: 1,
            proof: Some(Text::parse("签收码 8812").unwrap()),
        }),
        OrderState::Failed {
            courier_id,
            reason: Text::parse("家中无人").unwrap(),
        },
    ];
    let mut count = 0;
    states.map(|state| {
        count += 1;
        Order {
            state,
            note: Some(Text::parse("放门口").unwrap()),
            ..build::orders::order(&ids, instant(AT), count, customer_id())
        }
    })
}

/// Something in every sealed column.
#[allow(clippy::too_many_lines, reason = "a list is read one by one")]
fn fill(session: &mut (dyn Session + 'static)) -> Result<(), RepositoryError> {
    let [delivered, failed] = orders();
    session.insert_accounts(&[Account {
        id: account_id(),
        username: Some(Username::parse("zhang.san").unwrap()),
        name: PersonName::parse("张三").unwrap(),
        password_hash: None,
        privacy_policy_version: None,
        disabled_at: None,
        created_at: instant(AT),
        version: 1,
    }])?;
    session.insert_audit_entries(&[AuditEntry {
        reason: Some(Text::parse("客户来电核对").unwrap()),
        ..AuditEntry::new(
            &SeededIds::new(2),
            instant(AT),
            AuditAction::SignedIn,
            None,
            &Origin::default(),
        )
    }])?;
    session.insert_idempotency_records(&[IdempotencyRecord {
        account_id: account_id(),
        key: idempotency_key(),
        request_digest: RequestDigest::of("POST", "/api/v1/orders", b"{}"),
        status: 201,
        answer: b"{}".to_vec(),
        resource_id: None,
        created_at: instant(AT),
    }])?;
    session.insert_session(&SignIn {
        id: SessionId::from_uuid(Uuid::from_u128(1)),
        account_id: account_id(),
        user_agent: UserAgent::cut("a browser"),
        address: Some("127.0.0.1".parse().unwrap()),
        started_at: instant(AT),
        refreshed_at: instant(AT),
        ended_at: None,
    })?;
    session.insert_attachment(&Attachment {
        account_id: account_id(),
        ..build::attachments::attachment(1, 1)
    })?;
    session.insert_invitation(&Invitation {
        id: InvitationId::from_uuid(Uuid::from_u128(1)),
        agent_id: headquarters(),
        position: Position::Operator,
        name: PersonName::parse("王五").unwrap(),
        digest: InvitationDigest::from_row(headquarters(), [7; 32]),
        invited_by: MembershipId::from_uuid(Uuid::from_u128(1)),
        created_at: instant(AT),
        expires_at: instant("2026-11-29T08:00:00Z"),
        state: InvitationState::Open,
    })?;
    session.insert_webhook(&Webhook {
        id: WebhookId::from_uuid(Uuid::from_u128(1)),
        agent_id: headquarters(),
        url: WebhookUrl::parse("https://example.com/?key=secret").unwrap(),
        format: WebhookFormat::Json,
        topics: Topics::parse(["order_placed"]).unwrap(),
        enabled: true,
        secret: WebhookSecret::of([7; 32]),
        created_at: instant(AT),
        version: 1,
    })?;
    session.insert_agents(&[build::agents::agent(1)])?;
    session.insert_agent_history(&[build::agents::history_entry(1, 1)])?;
    fill_contract(session)?;
    session.insert_application(
        &application(),
        &HistoryEntry {
            at: instant(AT),
            actor: Some(account_id()),
            action: ApplicationAction::Reject,
            from: Some(StateName::Reviewing),
            to: StateName::Rejected,
            held_until: None,
            reason: Some(Text::parse("资料不全").unwrap()),
        },
    )?;
    session.insert_customers(&[build::customers::customer(1)])?;
    session.insert_addresses(&[build::customers::address(1, 1)])?;
    let customer = build::customers::customer(1);
    session.insert_agent_customers(&[AgentCustomer {
        agent_id: headquarters(),
        customer_id: customer.id,
        name: customer.name,
        phone: customer.phone,
        first_order: None,
    }])?;
    session.insert_couriers(&[build::orders::courier(1, headquarters())])?;
    session.insert_products(&[build::inventory::product(1)])?;
    let (item, mut movement) =
        build::inventory::received_stock(build::inventory::stock_key(headquarters(), 1), 10, 1);
    movement.note = MovementNote {
        reason: Some(Text::parse("月初进货").unwrap()),
        ..movement.note
    };
    session.save_stock_items(&[item])?;
    session.insert_stock_movements(&[movement])?;
    session.insert_orders(&[delivered.clone(), failed.clone()])?;
    session.insert_order_history(&[OrderHistoryEntry {
        agent_id: failed.agent_id,
        order_id: failed.id,
        version: 1,
        at: instant(AT),
        actor: None,
        from_state: None,
        to_state: "failed",
        reason: Some(Text::parse("家中无人").unwrap()),
    }])?;
    session.insert_ratings(&[Rating {
        agent_id: delivered.agent_id,
        order_id: delivered.id,
        customer_id: customer_id(),
        courier_id: build::orders::courier(1, headquarters()).id,
        score: Score::parse(5).unwrap(),
        comment: Some(Text::parse("很快").unwrap()),
        tags: vec![Text::parse("准时").unwrap()],
        rated_at: instant(AT),
    }])
}

/// The same of what hangs on a contract.
fn fill_contract(session: &mut (dyn Session + 'static)) -> Result<(), RepositoryError> {
    session.insert_contracts(&[build::agents::contract(1, AgentLevel::County)])?;
    let entry = build::agents::deposit_entry(1, 1);
    session.insert_deposit_entry(&entry)?;
    let appeal = Appeal {
        text: Text::parse("客户地址在本区").unwrap(),
        at: instant(AT),
        actor: account_id(),
        decision: None,
    };
    session.insert_deposit_appeal(entry.agent_id, entry.id, &appeal)?;
    let decision = AppealDecision {
        outcome: AppealOutcome::Upheld,
        reason: Text::parse("证据充分").unwrap(),
        at: instant(AT),
        actor: account_id(),
    };
    session.decide_deposit_appeal(entry.agent_id, entry.id, &decision)?;
    let request = SupportRequest {
        state: SupportState::Rejected {
            reason: Text::parse("与总部的活动重复").unwrap(),
            decided: Decided {
                at: instant(AT),
                actor: account_id(),
            },
        },
        ..build::agents::support_request(1, 1)
    };
    session.insert_support_request(&request)?;
    session.insert_support_spending(request.agent_id, request.id, &build::agents::support_spending(1))?;
    session.insert_inspection(&Inspection {
        follow_up: FollowUp::Answered {
            on: BusinessDay::of(instant(AT)),
            answer: Answer {
                text: Text::parse("已更换门头").unwrap(),
                at: instant(AT),
                actor: account_id(),
            },
        },
        ..build::agents::inspection(1, 1)
    })?;
    session.insert_market_report(&build::agents::market_report(1, 1, "2026-01-01"))?;
    let consequence = build::agents::consequence(1, 1, "2026-01-01");
    session.insert_consequence(&consequence)?;
    let decision = ConsequenceDecision {
        confirmed: false,
        reason: Text::parse("当月停水检修").unwrap(),
        decided: Decided {
            at: instant(AT),
            actor: account_id(),
        },
    };
    session.decide_consequence(consequence.agent_id, consequence.id, &decision)
}

fn reached_agent() -> ReachedAgent {
    Scope::All.agent(build::agents::agent(1).id).unwrap()
}

/// All that is sealed, opened.
fn everything(database: &Database) -> Vec<String> {
    database
        .read::<_, RepositoryError>(|session| {
            let [delivered, failed] = orders();
            let delivered_key = BTreeSet::from([(delivered.agent_id, delivered.id)]);
            Ok(vec![
                format!("{:?}", session.find_account(account_id())?),
                format!(
                    "{:?}",
                    session.list_audit_entries(&AuditFilter::default(), &PageRequest::first())?
                ),
                format!(
                    "{:?}",
                    session.find_idempotency_records(&[(account_id(), idempotency_key())])?
                ),
                format!("{:?}", session.list_sessions(account_id(), instant(AT))?),
                format!("{:?}", session.list_attachments(account_id())?),
                format!(
                    "{:?}",
                    session.list_open_invitations(
                        reached_headquarters(),
                        instant(AT),
                        &PageRequest::first()
                    )?
                ),
                session
                    .list_webhooks(reached_headquarters())?
                    .iter()
                    .flat_map(|webhook| [webhook.url.expose(), webhook.secret.expose()])
                    .collect(),
                format!("{:?}", session.find_agents(&[build::agents::agent(1).id])?),
                format!(
                    "{:?}",
                    session.list_agent_history(reached_agent(), &PageRequest::first())?
                ),
                format!(
                    "{:?}",
                    session.list_deposit_entries(reached_agent(), None, &PageRequest::first())?
                ),
                format!(
                    "{:?}",
                    session.list_support_requests(reached_agent(), None, &PageRequest::first())?
                ),
                format!(
                    "{:?}",
                    session.list_inspections(reached_agent(), None, &PageRequest::first())?
                ),
                format!("{:?}", session.list_market_reports(reached_agent())?),
                format!(
                    "{:?}",
                    session.list_consequences(reached_agent(), &PageRequest::first())?
                ),
                format!(
                    "{:?}",
                    session.find_application(ApplicationScope::All, application().id)?
                ),
                format!("{:?}", session.list_application_history(&application())?),
                format!("{:?}", session.find_customers(&[customer_id()].into())?),
                format!("{:?}", session.list_addresses(&build::customers::customer(1))?),
                format!(
                    "{:?}",
                    session.list_agent_customers(
                        reached_headquarters(),
                        &CustomerFilter::default(),
                        &PageRequest::first()
                    )?
                ),
                format!(
                    "{:?}",
                    session.list_couriers(Scope::All, None, &PageRequest::first())?
                ),
                format!(
                    "{:?}",
                    session.list_movements(reached_headquarters(), None, &PageRequest::first())?
                ),
                format!("{:?}", session.find_order(Scope::All, delivered.id)?),
                format!("{:?}", session.find_order(Scope::All, failed.id)?),
                format!("{:?}", session.list_order_history(&failed)?),
                format!("{:?}", session.find_ratings(&delivered_key)?),
            ])
        })
        .unwrap()
}

fn on_both(test: impl Fn(&Installation)) {
    test(&Installation::on(Stored::on_sqlite()));
    if let Some(stored) = Stored::on_postgres() {
        test(&Installation::on(stored));
    }
}

#[test]
fn every_sealed_column_follows_the_keys_and_the_old_one_can_go() {
    on_both(|installation| {
        let server = installation.open();
        server.write(fill).unwrap();
        let mut values = 0;
        for table in SealedTable::ALL {
            for column in table.columns() {
                let filled =
                    installation.count(&format!("SELECT count({column}) AS count FROM {}", table.name()));
                assert!(filled > 0, "nothing in {}.{column}", table.name());
                values += filled;
            }
        }
        let values = u64::try_from(values).unwrap();
        let before = everything(&server);
        assert_eq!(server.count_sealed_under(1).unwrap(), values);
        assert!(matches!(
            server.retire_key(1),
            Err(RotationError::Keys(KeysError::IsCurrent(1)))
        ));

        let told = Told::default();
        let rotated = installation.open().rotate_keys(&told).unwrap();
        assert_eq!(
            rotated,
            Rotated {
                version: 2,
                went_on: false,
                resealed: values
            }
        );
        assert!(told.0.load(Ordering::Relaxed) >= 3 * values);
        assert_eq!(
            installation.count("SELECT count(*) AS count FROM key_rotations"),
            0
        );
        let counted = [1, 2].map(|version| server.count_sealed_under(version).unwrap());
        assert_eq!(counted, [0, values]);
        // The server has not looked at the file; the first value of another version makes it.
        assert_eq!(server.vault().current_version(), 1);
        assert_eq!(everything(&server), before);
        assert_eq!(server.vault().current_version(), 2);

        server.retire_key(1).unwrap();
        assert_eq!(installation.file.load().unwrap().versions(), [2]);
        assert_eq!(everything(&installation.open()), before);
        assert!(matches!(
            server.retire_key(1),
            Err(RotationError::Keys(KeysError::NoVersion(1)))
        ));
    });
}

#[test]
fn a_rotation_that_broke_off_goes_on_without_another_key() {
    on_both(|installation| {
        let server = installation.open();
        server.write(fill).unwrap();
        let values = server.count_sealed_under(1).unwrap();
        let broke_off = catch_unwind(AssertUnwindSafe(|| {
            installation.open().rotate_keys(&BreakingOff::default())
        }));
        assert!(broke_off.is_err());
        let left = installation.open().count_sealed_under(1).unwrap();
        assert!(0 < left && left < values, "{left} of {values}");
        assert!(installation.count("SELECT count(*) AS count FROM key_rotations") > 0);
        assert!(matches!(
            installation.open().retire_key(1),
            Err(RotationError::StillNeeded { version: 1, values }) if values == left
        ));

        let rotated = installation.open().rotate_keys(&Told::default()).unwrap();
        assert_eq!(
            rotated,
            Rotated {
                version: 2,
                went_on: true,
                resealed: left
            }
        );
        assert_eq!(installation.file.load().unwrap().versions(), [1, 2]);
        assert_eq!(installation.open().count_sealed_under(1).unwrap(), 0);
    });
}

#[test]
fn a_key_that_was_added_before_is_the_one_that_is_rotated_to() {
    let installation = Installation::on(Stored::on_sqlite());
    assert_eq!(installation.file.change(Keys::add).unwrap(), 2);
    let server = installation.open();
    server.write(fill).unwrap();
    assert_eq!(server.vault().current_version(), 1);
    let rotated = server.rotate_keys(&Told::default()).unwrap();
    assert_eq!((rotated.version, rotated.went_on), (2, false));
    assert_eq!(installation.file.load().unwrap().versions(), [1, 2]);
}

#[test]
fn what_a_command_wrote_in_between_is_not_overwritten() {
    on_both(|installation| {
        let server = installation.open();
        server.write(fill).unwrap();
        let customers = SealedTable::ALL
            .into_iter()
            .find(|table| table.name() == "customers")
            .unwrap();
        let page = server
            .read::<_, RepositoryError>(|session| {
                session.find_sealed(customers, "name_sealed", SealedUnder::Version(1), None, 10)
            })
            .unwrap();
        assert_eq!((page.rows, page.found.len()), (1, 1));
        let renamed = customers::Customer {
            name: PersonName::parse("李四").unwrap(),
            ..build::customers::customer(1)
        };
        let replaced = server
            .write::<_, RepositoryError>(|session| {
                session.save_customer(&renamed)?;
                session.reseal_values(customers, "name_sealed", &page.found)
            })
            .unwrap();
        assert_eq!(replaced, 0);
        let found = server
            .read::<_, RepositoryError>(|session| session.find_customers(&[customer_id()].into()))
            .unwrap();
        assert_eq!(found.values().next().unwrap().name, renamed.name);
    });
}

#[test]
fn keys_of_the_environment_and_of_no_source_are_not_changed() {
    let installation = Installation::on(Stored::on_sqlite());
    let text = Keys::generate(false).unwrap().to_text().unwrap();
    let vaults = [
        Vault::open_source(KeySource::Text(text)).unwrap(),
        Vault::new(&Keys::generate(false).unwrap()).unwrap(),
    ];
    for vault in vaults {
        let database = Database::open(&installation.stored.url, Options::default(), vault).unwrap();
        assert!(!database.vault().follow().unwrap());
        let refused = database.rotate_keys(&Told::default()).unwrap_err();
        assert!(refused.to_string().contains("CATCHMENT_KEYS"), "{refused}");
        assert!(matches!(
            database.retire_key(1),
            Err(RotationError::KeysInEnvironment)
        ));
    }
}
