//! What the use cases do when a port answers with an error.
#![allow(clippy::ref_option_ref, reason = "mockall takes arguments apart by reference")]

use crate::shop::{Shop, actor, agent, cancel, courier};
use customers::{
    Address, AgentCustomer, AgentCustomerRepository, Customer, CustomerFilter, CustomerRepository,
};
use events::{Event, OutboxRepository};
use insights::{Counters, DailyDelta, FigureRepository, FigureScope};
use inventory::{Product, ProductRepository, StockItem, StockKey, StockMovement, StockRepository, StockView};
use kernel::{
    AccountId, AddressId, AgentId, BusinessDay, BusinessRange, ContractId, CourierId, CustomerId, EventId,
    Instant, MobileNumber, MovementId, OrderId, Page, PageRequest, PersonName, ProductId, ReachedAgent,
    RepositoryError, Scope, TerritoryId,
};
use mockall::mock;
use orders::{
    ChangeCourier, ChangeCourierError, Courier, CourierDraft, CourierRepository, HireCourierError, Order,
    OrderFilter, OrderHistoryEntry, OrderRepository, Rating, ReservedCustomer, ReservedCustomerRepository,
    change_courier, change_orders, hire_courier, place_orders, rate_orders,
};
use regions::{
    Claim, DivisionTree, Suspension, Territory, TerritoryFilter, TerritoryMap, TerritoryRepository,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

mock! {
    Away {}

    impl OrderRepository for Away {
        fn take_order_numbers(
            &mut self,
            wanted: &BTreeMap<(AgentId, BusinessDay), u32>,
        ) -> Result<BTreeMap<(AgentId, BusinessDay), u32>, RepositoryError>;
        fn insert_orders(&mut self, orders: &[Order]) -> Result<(), RepositoryError>;
        fn lock_orders(&mut self, ids: &BTreeSet<OrderId>) -> Result<BTreeMap<OrderId, Order>, RepositoryError>;
        fn save_orders(&mut self, orders: &[Order]) -> Result<(), RepositoryError>;
        fn insert_order_history(&mut self, entries: &[OrderHistoryEntry]) -> Result<(), RepositoryError>;
        fn find_order(&mut self, scope: Scope, id: OrderId) -> Result<Option<Order>, RepositoryError>;
        fn list_orders(
            &mut self,
            scope: Scope,
            filter: &OrderFilter,
            page: &PageRequest<OrderId>,
        ) -> Result<Page<Order, OrderId>, RepositoryError>;
        fn list_order_history(&mut self, order: &Order) -> Result<Vec<OrderHistoryEntry>, RepositoryError>;
        fn insert_ratings(&mut self, ratings: &[Rating]) -> Result<(), RepositoryError>;
        fn find_ratings(
            &mut self,
            orders: &BTreeSet<(AgentId, OrderId)>,
        ) -> Result<BTreeMap<OrderId, Rating>, RepositoryError>;
    }
    impl CourierRepository for Away {
        fn insert_couriers(&mut self, couriers: &[Courier]) -> Result<(), RepositoryError>;
        fn find_couriers(
            &mut self,
            keys: &BTreeSet<(AgentId, CourierId)>,
        ) -> Result<BTreeMap<CourierId, Courier>, RepositoryError>;
        fn find_courier(&mut self, scope: Scope, id: CourierId) -> Result<Option<Courier>, RepositoryError>;
        fn list_couriers(
            &mut self,
            scope: Scope,
            agent_id: Option<AgentId>,
            page: &PageRequest<CourierId>,
        ) -> Result<Page<Courier, CourierId>, RepositoryError>;
        fn save_courier(&mut self, courier: &Courier) -> Result<(), RepositoryError>;
    }
    impl StockRepository for Away {
        fn lock_stock_items(
            &mut self,
            keys: &BTreeSet<StockKey>,
        ) -> Result<BTreeMap<StockKey, StockItem>, RepositoryError>;
        fn save_stock_items(&mut self, items: &[StockItem]) -> Result<(), RepositoryError>;
        fn insert_stock_movements(&mut self, movements: &[StockMovement]) -> Result<(), RepositoryError>;
        fn find_stock_item(&mut self, key: StockKey) -> Result<Option<StockItem>, RepositoryError>;
        fn list_stock(
            &mut self,
            agent: ReachedAgent,
            page: &PageRequest<ProductId>,
        ) -> Result<Page<StockView, ProductId>, RepositoryError>;
        fn list_movements(
            &mut self,
            agent: ReachedAgent,
            product_id: Option<ProductId>,
            page: &PageRequest<MovementId>,
        ) -> Result<Page<StockMovement, MovementId>, RepositoryError>;
    }
    impl ProductRepository for Away {
        fn insert_products(&mut self, products: &[Product]) -> Result<(), RepositoryError>;
        fn find_products(
            &mut self,
            ids: &BTreeSet<ProductId>,
        ) -> Result<BTreeMap<ProductId, Product>, RepositoryError>;
        fn list_products(
            &mut self,
            listed_only: bool,
            page: &PageRequest<ProductId>,
        ) -> Result<Page<Product, ProductId>, RepositoryError>;
        fn save_product(&mut self, product: &Product) -> Result<(), RepositoryError>;
    }
    impl CustomerRepository for Away {
        fn insert_customers(&mut self, customers: &[Customer]) -> Result<(), RepositoryError>;
        fn find_customers(
            &mut self,
            ids: &BTreeSet<CustomerId>,
        ) -> Result<BTreeMap<CustomerId, Customer>, RepositoryError>;
        fn find_customer_by_account(&mut self, id: AccountId) -> Result<Option<Customer>, RepositoryError>;
        fn list_customers(
            &mut self,
            scope: Scope,
            filter: &CustomerFilter,
            page: &PageRequest<CustomerId>,
        ) -> Result<Page<Customer, CustomerId>, RepositoryError>;
        fn save_customer(&mut self, customer: &Customer) -> Result<(), RepositoryError>;
        fn insert_addresses(&mut self, addresses: &[Address]) -> Result<(), RepositoryError>;
        fn find_addresses(
            &mut self,
            ids: &BTreeSet<AddressId>,
        ) -> Result<BTreeMap<AddressId, Address>, RepositoryError>;
        fn list_addresses(&mut self, customer: &Customer) -> Result<Vec<Address>, RepositoryError>;
    }
    impl AgentCustomerRepository for Away {
        fn insert_agent_customers(
            &mut self,
            rows: &[AgentCustomer],
        ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError>;
        fn find_known_customers(
            &mut self,
            pairs: &BTreeSet<(AgentId, CustomerId)>,
        ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError>;
        fn list_agent_customers(
            &mut self,
            agent: ReachedAgent,
            filter: &CustomerFilter,
            page: &PageRequest<CustomerId>,
        ) -> Result<Page<AgentCustomer, CustomerId>, RepositoryError>;
        fn list_agents_of_customer(&mut self, id: CustomerId) -> Result<Vec<AgentId>, RepositoryError>;
        fn rename_agent_customers<'phone>(
            &mut self,
            customer_id: CustomerId,
            name: &PersonName,
            phone: Option<&'phone MobileNumber>,
        ) -> Result<(), RepositoryError>;
    }
    impl ReservedCustomerRepository for Away {
        fn insert_reserved_customer(&mut self, reserved: &ReservedCustomer) -> Result<(), RepositoryError>;
        fn delete_reserved_customer(&mut self, reserved: &ReservedCustomer) -> Result<(), RepositoryError>;
        fn find_reserved_customers(
            &mut self,
            customers: &BTreeSet<CustomerId>,
        ) -> Result<BTreeSet<(CustomerId, ContractId)>, RepositoryError>;
        fn list_reserved_customers(
            &mut self,
            agent: ReachedAgent,
        ) -> Result<Vec<ReservedCustomer>, RepositoryError>;
    }
    impl TerritoryRepository for Away {
        fn insert_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError>;
        fn save_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError>;
        fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError>;
        fn find_territories(
            &mut self,
            ids: &[TerritoryId],
        ) -> Result<BTreeMap<TerritoryId, Territory>, RepositoryError>;
        fn list_agent_territories(
            &mut self,
            agent_id: AgentId,
            after: Instant,
        ) -> Result<Vec<Territory>, RepositoryError>;
        fn save_suspension(&mut self, suspension: &Suspension) -> Result<(), RepositoryError>;
        fn list_suspensions(&mut self, agents: &[AgentId]) -> Result<Vec<Suspension>, RepositoryError>;
        fn list_territories(
            &mut self,
            scope: Scope,
            filter: &TerritoryFilter,
            page: &PageRequest<TerritoryId>,
        ) -> Result<Page<Territory, TerritoryId>, RepositoryError>;
        fn territory_map(&mut self) -> Result<Arc<TerritoryMap>, RepositoryError>;
    }
    impl FigureRepository for Away {
        fn add_daily_figures(&mut self, deltas: &[DailyDelta]) -> Result<(), RepositoryError>;
        fn sum_figures(&mut self, scope: &FigureScope, range: BusinessRange) -> Result<Counters, RepositoryError>;
        fn sum_figures_by_day(
            &mut self,
            scope: &FigureScope,
            range: BusinessRange,
        ) -> Result<BTreeMap<BusinessDay, Counters>, RepositoryError>;
    }
    impl OutboxRepository for Away {
        fn insert_events(&mut self, events: &[Event]) -> Result<(), RepositoryError>;
        fn find_waiting_events(&mut self, limit: u16) -> Result<Vec<Event>, RepositoryError>;
        fn mark_events_delivered(&mut self, events: &[Event], at: Instant) -> Result<BTreeSet<EventId>, RepositoryError>;
    }
}

fn away<T>() -> Result<T, RepositoryError> {
    Err(RepositoryError::Unavailable("on purpose".to_owned()))
}

fn is_away<T>(result: &Result<T, RepositoryError>) -> bool {
    matches!(result, Err(RepositoryError::Unavailable(_)))
}

/// Whatever is not expected here is never called: nothing is written after an error.
#[test]
fn every_use_case_passes_on_that_the_database_is_away() {
    let mut session = MockAway::new();
    session.expect_find_customers().returning(|_| away());
    session.expect_lock_orders().returning(|_| away());
    session.expect_find_courier().returning(|_, _| away());
    session.expect_insert_couriers().returning(|_| away());
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order_id = shop.placed(1, 1).id;

    let tree = DivisionTree::embedded();
    let placed = place_orders(&mut session, tree, &shop.ids, &[shop.command(1, 1)]);
    assert!(is_away(&placed));
    let change = shop.change_command(actor(Scope::All), order_id, cancel(Some("改期")));
    assert!(is_away(&change_orders(&mut session, &shop.ids, &[change])));
    assert!(is_away(&rate_orders(
        &mut session,
        &shop.ids,
        &[shop.rating(1, order_id, 5)]
    )));

    let draft = CourierDraft {
        name: "李送水".to_owned(),
        phone: "13900001111".to_owned(),
    };
    let hired = hire_courier(&mut session, &shop.ids, shop.now, agent(1), None, &draft);
    let Err(HireCourierError::Repository(error)) = hired else {
        panic!("hired")
    };
    assert!(is_away::<()>(&Err(error)));
    let change = ChangeCourier {
        on_duty: Some(false),
        ..ChangeCourier::default()
    };
    let changed = change_courier(&mut session, Scope::All, courier(1), None, &change);
    assert!(matches!(
        changed,
        Err(ChangeCourierError::Repository(RepositoryError::Unavailable(_)))
    ));
}
