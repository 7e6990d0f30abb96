//! Every equation holds after the use cases, and every planted corruption is found by the equation it breaks.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "support/stored.rs"]
mod support;

use agents::{
    AgentLevel, AppealDeduction, DecideAppeal, Decided, DeductDeposit, PayDeposit, SupportRequest,
    SupportState, appeal_deduction, decide_appeal, deduct_deposit, pay_deposit,
};
use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};
use identity::{AuditAction, AuditEntry, Origin, chain_audit_entries};
use inventory::Quantity;
use kernel::{AgentId, AgentNumber, Instant, Money, OrderId, RepositoryError, Scope};
use orders::{
    Actor, ChangeOrder, Destination, Order, OrderChange, PaymentMethod, PlaceOrder, RateOrder, Score,
    change_orders, place_orders, rate_orders,
};
use regions::DivisionTree;
use std::collections::BTreeSet;
use storage::{Checked, Difference, Equation};
use support::Stored;
use testing::{SeededIds, build, instant};

const PLACED_AT: &str = "2026-11-22T15:30:00Z";
/// Half an hour later it is the next business day.
const DELIVERED_AT: &str = "2026-11-22T16:00:00Z";

fn agent() -> AgentId {
    build::territories::agent_id(1)
}

/// Agent 1 in 西湖区 with stock, a courier and three orders of two customers: one delivered and rated, one cancelled, one
/// on its way. The use cases have written all of it.
fn shop(stored: &Stored) {
    let ids = SeededIds::new(1);
    stored
        .database
        .write(|session| -> Result<(), RepositoryError> {
            session.insert_products(&[build::inventory::product(1)])?;
            session.insert_agents(&[build::agents::agent(1)])?;
            session.insert_territories(&[build::territories::territory(1, "330106")])?;
            session.insert_couriers(&[build::orders::courier(1, agent())])?;
            let key = build::inventory::stock_key(agent(), 1);
            let (item, movement) = build::inventory::received_stock(key, 10, 1);
            session.save_stock_items(&[item])?;
            session.insert_stock_movements(&[movement])?;
            for id in [1, 2] {
                session.insert_customers(&[build::customers::customer(id)])?;
                session.insert_addresses(&[build::customers::address(u128::from(id), id)])?;
            }
            let commands = [1, 1, 2].map(|customer| place(customer, instant(PLACED_AT)));
            let outcomes = place_orders(session, DivisionTree::embedded(), &ids, &commands)?;
            let placed: Vec<Order> = outcomes.into_iter().map(Result::unwrap).collect();
            let courier_id = build::orders::courier(1, agent()).id;
            let cancel = OrderChange::Cancel {
                reason: Some(kernel::Text::parse("客户改期").unwrap()),
            };
            let deliver = OrderChange::Deliver {
                buckets_returned: 1,
                proof: None,
            };
            let changes = [
                change(placed[0].id, OrderChange::Assign { courier_id }),
                change(placed[0].id, OrderChange::Start),
                change(placed[0].id, deliver),
                change(placed[1].id, cancel),
                change(placed[2].id, OrderChange::Assign { courier_id }),
            ];
            for outcome in change_orders(session, &ids, &changes)? {
                outcome.unwrap();
            }
            let rating = RateOrder {
                actor: Actor::SYSTEM,
                at: instant(DELIVERED_AT),
                order_id: placed[0].id,
                score: Score::parse(5).unwrap(),
                comment: None,
                tags: Vec::new(),
            };
            rate_orders(session, &ids, &[rating])?.remove(0).unwrap();
            deposit(session, &ids);
            support(session);
            // Two in the chain, and one that waits for it.
            let entry = || {
                let action = AuditAction::ApplicationApproved;
                AuditEntry::new(&ids, instant(PLACED_AT), action, None, &Origin::default())
            };
            session.insert_audit_entries(&[entry(), entry(), entry()])?;
            chain_audit_entries(session, stored.database.vault(), 2)?;
            Ok(())
        })
        .unwrap();
}

/// A deposit of agent 1: paid, deducted, and the deduction undone.
fn deposit(session: &mut dyn storage::Session, ids: &SeededIds) {
    let contract = build::agents::contract(1, AgentLevel::County);
    let (agent_id, contract_id) = (contract.agent_id, contract.id);
    session.insert_contracts(&[contract]).unwrap();
    let (actor, now) = (build::agents::account_id(7), instant(PLACED_AT));
    let payment = PayDeposit {
        agent_id,
        contract_id,
        actor,
        amount_fen: 1_000,
        reference: "0017".into(),
    };
    pay_deposit(session, ids, now, &payment).unwrap();
    let deduction = DeductDeposit {
        agent_id,
        contract_id,
        actor,
        amount_fen: 300,
        reason: "跨区销售".into(),
        evidence: vec![build::attachments::upload(session, 1, 7)],
    };
    let deduction = deduct_deposit(session, ids, now, &deduction).unwrap();
    let agent = Scope::All.agent(agent_id).unwrap();
    let appeal = AppealDeduction {
        agent,
        entry_id: deduction.id,
        actor,
        text: "在本区".into(),
    };
    appeal_deduction(session, ids, now, &appeal).unwrap();
    let decision = DecideAppeal {
        agent,
        entry_id: deduction.id,
        actor,
        outcome: "reversed".into(),
        reason: "属实".into(),
    };
    decide_appeal(session, ids, now, &decision).unwrap();
}

/// Market support of agent 1 that was approved and spent.
fn support(session: &mut dyn storage::Session) {
    let asked = SupportRequest {
        state: SupportState::Approved {
            amount: Money::from_fen(500),
            note: None,
            decided: Decided {
                at: instant(PLACED_AT),
                actor: build::agents::account_id(7),
            },
        },
        spendings: vec![build::agents::support_spending(1)],
        ..build::agents::support_request(1, 1)
    };
    session.insert_support_request(&asked).unwrap();
    session
        .insert_support_spending(asked.agent_id, asked.id, &asked.spendings[0])
        .unwrap();
}

fn place(customer: u16, at: Instant) -> PlaceOrder {
    let address = build::customers::address(u128::from(customer), customer);
    PlaceOrder {
        actor: Actor {
            account_id: None,
            scope: Scope::Customer(address.customer_id),
        },
        at,
        customer_id: address.customer_id,
        destination: Destination::Known(address.id),
        lines: vec![(build::inventory::product(1).id, Quantity::new(2).unwrap())],
        wanted: None,
        note: None,
        payment_method: PaymentMethod::default(),
        agent_id: None,
    }
}

fn change(order_id: OrderId, change: OrderChange) -> ChangeOrder {
    ChangeOrder {
        actor: Actor::SYSTEM,
        at: instant(DELIVERED_AT),
        order_id,
        change,
    }
}

fn check(stored: &Stored, equation: Equation) -> Checked {
    let agents = stored
        .database
        .read(storage::ConsistencyRepository::list_agents_to_check)
        .unwrap();
    let mut all = Checked::default();
    for agent_id in agents {
        let checked: Result<_, RepositoryError> = stored
            .database
            .read(|session| session.check_equation(equation, agent_id));
        let checked = checked.unwrap();
        all.rows += checked.rows;
        all.differences.extend(checked.differences);
    }
    all
}

fn every_equation_holds(stored: &Stored) {
    shop(stored);
    for equation in Equation::ALL {
        let checked = check(stored, equation);
        assert_eq!(checked.differences, [], "{}", equation.name());
        assert!(checked.rows > 0, "{} checks nothing", equation.name());
    }
}

#[test]
fn every_equation_holds_on_sqlite() {
    every_equation_holds(&Stored::on_sqlite());
}

#[test]
fn every_equation_holds_on_postgres() {
    if let Some(stored) = Stored::on_postgres() {
        every_equation_holds(&stored);
    }
}

/// What breaks each equation. `{id}` stands for an id that nobody has, in the database's own words.
const CORRUPTIONS: [(Equation, &str); 37] = [
    (
        Equation::StockIsItsMovements,
        "UPDATE stock_items SET on_hand = on_hand + 1",
    ),
    (
        Equation::StockIsItsMovements,
        "DELETE FROM stock_movements WHERE kind = 'release'",
    ),
    (
        Equation::MovementsAreOneChain,
        "UPDATE stock_movements SET on_hand_before = on_hand_before + 1, on_hand_after = on_hand_after + 1 \
         WHERE kind = 'release'",
    ),
    (
        Equation::MovementsAreOneChain,
        "UPDATE stock_items SET on_hand = on_hand + 1",
    ),
    (
        Equation::MovementsAreAsTheySay,
        "UPDATE stock_movements SET quantity = quantity + 1 WHERE kind = 'consume'",
    ),
    (
        Equation::ReservedIsOpenOrders,
        "UPDATE stock_items SET reserved = reserved + 1",
    ),
    (
        Equation::ReservedIsOpenOrders,
        "UPDATE order_lines SET quantity = quantity + 1 \
         WHERE order_id = (SELECT id FROM orders WHERE state = 'assigned')",
    ),
    (
        Equation::AvailableIsNotNegative,
        "UPDATE stock_items SET reserved = on_hand + 1",
    ),
    (
        Equation::OrderIsItsHistory,
        "UPDATE orders SET state = 'placed', courier_id = NULL WHERE state = 'assigned'",
    ),
    (
        Equation::OrderIsItsHistory,
        "UPDATE orders SET version = version + 1 WHERE state = 'cancelled'",
    ),
    (
        Equation::OrderIsItsHistory,
        "DELETE FROM order_history WHERE to_state = 'assigned'",
    ),
    (
        Equation::HistoryHasNoGap,
        "DELETE FROM order_history WHERE to_state = 'out_for_delivery'",
    ),
    (
        Equation::HistoryHasNoGap,
        "UPDATE order_history SET from_state = 'failed' WHERE to_state = 'delivered'",
    ),
    (
        Equation::TotalIsItsLines,
        "UPDATE orders SET total_fen = total_fen + 1 WHERE state = 'assigned'",
    ),
    (
        Equation::TotalIsItsLines,
        "DELETE FROM order_lines WHERE order_id = (SELECT id FROM orders WHERE state = 'assigned')",
    ),
    (
        Equation::NumbersAreOrders,
        "UPDATE order_numbers SET order_id = {id} WHERE day_count = 1",
    ),
    (
        Equation::NumbersAreOrders,
        "DELETE FROM order_numbers WHERE day_count = 1",
    ),
    (Equation::NumbersAreOrders, "UPDATE order_counters SET last = 1"),
    (
        Equation::OrderIdTellsAgent,
        "UPDATE agents SET number = 7 WHERE number = 1",
    ),
    (
        Equation::FirstOrdersAreOrders,
        "UPDATE agent_customers SET first_order_id = {id}",
    ),
    (Equation::FirstOrdersAreOrders, "DELETE FROM agent_customers"),
    (
        Equation::RatingsAreOfDeliveries,
        "UPDATE order_ratings SET customer_id = {id}",
    ),
    (
        Equation::DailyFiguresAreEvents,
        "UPDATE daily_figures SET sales_fen = sales_fen + 1 WHERE delivered > 0",
    ),
    (
        Equation::DailyFiguresAreEvents,
        "UPDATE order_lines SET container = 'disposable'",
    ),
    (
        Equation::CountyFiguresAreEvents,
        "DELETE FROM daily_county_figures WHERE ratings_5 > 0",
    ),
    (
        Equation::ClaimsAreDisjoint,
        "INSERT INTO territory_claims \
         SELECT territory_id, range_first + 1, range_end, valid_from, valid_until FROM territory_claims",
    ),
    (
        Equation::DepositIsItsEntries,
        "UPDATE deposit_entries SET balance_after_fen = balance_after_fen + 1 WHERE kind = 'deducted'",
    ),
    (
        Equation::DepositIsItsEntries,
        "UPDATE deposit_entries SET amount_fen = amount_fen + 1 WHERE kind = 'paid'",
    ),
    (
        Equation::DepositIsItsEntries,
        "DELETE FROM deposit_entries WHERE kind = 'reversed'",
    ),
    (
        Equation::DepositIsItsEntries,
        "UPDATE deposit_appeals SET outcome = 'upheld'",
    ),
    (
        Equation::SupportIsItsSpendings,
        "UPDATE support_requests SET spent_fen = spent_fen - 1",
    ),
    (Equation::SupportIsItsSpendings, "DELETE FROM support_spendings"),
    (
        Equation::AuditIsOneChain,
        "UPDATE audit_entries SET action = 'application_rejected'",
    ),
    (
        Equation::AuditIsOneChain,
        "UPDATE audit_entries SET subject_id = {id}",
    ),
    (
        Equation::AuditIsOneChain,
        "DELETE FROM audit_chain WHERE sequence = 1",
    ),
    (
        Equation::AuditIsOneChain,
        "UPDATE audit_chain SET digest = (SELECT digest FROM audit_chain WHERE sequence = 1)",
    ),
    (Equation::AuditIsOneChain, "DELETE FROM audit_pending"),
];

fn every_corruption_is_found(open: impl Fn() -> Stored, plant: impl Fn(&str, &str)) {
    let mut broken = BTreeSet::new();
    for (equation, corruption) in CORRUPTIONS {
        let stored = open();
        shop(&stored);
        plant(&stored.url, corruption);
        let differences = check(&stored, equation).differences;
        assert!(!differences.is_empty(), "{}: {corruption}", equation.name());
        for Difference { row, expected, found } in differences {
            // The audit log is headquarters' alone.
            let whose = agent().to_string();
            assert!(
                row.contains(&whose) || equation == Equation::AuditIsOneChain,
                "{row}"
            );
            assert_ne!(expected, found, "{row}");
        }
        broken.insert(equation);
    }
    assert_eq!(broken.len(), Equation::ALL.len(), "an equation was never broken");
}

/// What the schema itself would refuse is planted past it.
#[test]
fn every_corruption_is_found_on_sqlite() {
    every_corruption_is_found(Stored::on_sqlite, |url, corruption| {
        let mut connection = SqliteConnection::establish(url.strip_prefix("sqlite://").unwrap()).unwrap();
        connection
            .batch_execute(&format!(
                "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; {}",
                corruption.replace("{id}", "x'00000000000070008000000000000001'")
            ))
            .unwrap();
    });
}

#[test]
fn every_corruption_is_found_on_postgres() {
    if Stored::on_postgres().is_none() {
        return;
    }
    every_corruption_is_found(
        || Stored::on_postgres().unwrap(),
        |url, corruption| {
            let mut connection = PgConnection::establish(url).unwrap();
            connection
                .batch_execute(&format!(
                    "ALTER TABLE stock_items DROP CONSTRAINT stock_items_reserved_is_there; \
                     ALTER TABLE territory_claims DROP CONSTRAINT territory_claims_disjoint; {}",
                    corruption.replace("{id}", "'00000000-0000-7000-8000-000000000001'")
                ))
                .unwrap();
        },
    );
}

#[test]
fn the_figures_of_a_difference_say_which_counter() {
    let stored = Stored::on_sqlite();
    shop(&stored);
    let mut connection = SqliteConnection::establish(stored.url.strip_prefix("sqlite://").unwrap()).unwrap();
    connection
        .batch_execute("UPDATE daily_figures SET orders = 4 WHERE day = '2026-11-22'")
        .unwrap();
    let expected = Difference {
        row: format!("agent {}, figures of 2026-11-22", agent()),
        expected: "orders 3".to_owned(),
        found: "orders 4".to_owned(),
    };
    assert_eq!(
        check(&stored, Equation::DailyFiguresAreEvents).differences,
        [expected]
    );
}

#[test]
fn an_agent_that_is_not_there_is_checked_too() {
    let stored = Stored::on_sqlite();
    shop(&stored);
    let mut connection = SqliteConnection::establish(stored.url.strip_prefix("sqlite://").unwrap()).unwrap();
    connection
        .batch_execute("PRAGMA foreign_keys = OFF; DELETE FROM agents WHERE number = 1")
        .unwrap();
    let differences = check(&stored, Equation::OrderIdTellsAgent).differences;
    assert_eq!(differences.len(), 3);
    let number = AgentNumber::new(1);
    assert!(
        differences
            .iter()
            .all(|difference| difference.found == format!("number {number}"))
    );
}
