//! The use cases of products and stock on the in-memory fake.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use inventory::{
    AddProduct, AddProductError, ChangeProduct, ChangeProductError, Container, MAXIMUM_ON_HAND, Product,
    ProductRepository, Quantity, ReceiptLine, ReceiveStock, ReceiveStockError, SetThreshold,
    SetThresholdError, StockItem, StockRepository, add_product, change_product, receive_stock, set_threshold,
};
use kernel::{AgentId, FieldError, Instant, Page, PageRequest, ProductId, ReachedAgent, RepositoryError};
use mockall::mock;
use std::collections::{BTreeMap, BTreeSet};
use testing::{
    Memory, SeededIds,
    build::inventory::{product, stock_key},
    instant,
};

const AGENT: AgentId = AgentId::HEADQUARTERS;

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn with_products(ids: &[u128]) -> Memory {
    let mut memory = Memory::default();
    let products: Vec<_> = ids.iter().map(|&id| product(id)).collect();
    memory.insert_products(&products).unwrap();
    memory
}

fn bucket() -> AddProduct {
    AddProduct {
        name: "山泉水 18.9L".to_owned(),
        unit: "桶".to_owned(),
        unit_price_fen: 2_000,
        container: "returnable_bucket".to_owned(),
        listed: true,
    }
}

fn receipt(lines: &[(u128, i64)]) -> ReceiveStock {
    ReceiveStock {
        agent_id: AGENT,
        actor: None,
        lines: lines
            .iter()
            .map(|&(id, quantity)| ReceiptLine {
                product_id: product(id).id,
                quantity,
            })
            .collect(),
        reason: None,
    }
}

fn fields(errors: &[FieldError]) -> Vec<(&str, &str)> {
    errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect()
}

#[test]
fn a_product_is_added_and_changed() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let added = add_product(&mut memory, &ids, now(), &bucket()).unwrap();
    assert_eq!((added.container, added.version), (Container::ReturnableBucket, 1));

    let changed = change_product(
        &mut memory,
        &ChangeProduct {
            product_id: added.id,
            version: Some(1),
            name: None,
            unit: None,
            unit_price_fen: Some(2_200),
            listed: Some(false),
        },
    )
    .unwrap();
    assert_eq!(changed.version, 2);
    assert_eq!((changed.unit_price.fen(), changed.listed), (2_200, false));
    assert_eq!(
        memory.find_products(&BTreeSet::from([added.id])).unwrap()[&added.id],
        changed
    );
}

#[test]
fn every_wrong_field_of_a_new_product_is_reported_at_once() {
    let command = AddProduct {
        name: String::new(),
        unit: "一二三四五六七八九十百".to_owned(),
        unit_price_fen: 0,
        container: "barrel".to_owned(),
        listed: true,
    };
    let mut memory = Memory::default();
    let Err(AddProductError::Invalid(errors)) = add_product(&mut memory, &SeededIds::new(1), now(), &command)
    else {
        panic!("taken")
    };
    assert_eq!(
        fields(&errors),
        [
            ("name", "empty"),
            ("unit", "too_long"),
            ("unit_price_fen", "out_of_range"),
            ("container", "unknown_container")
        ]
    );
    assert!(
        memory
            .list_products(false, &PageRequest::first())
            .unwrap()
            .items
            .is_empty()
    );
}

#[test]
fn a_product_is_changed_only_where_it_is_there_fresh_and_right() {
    let mut memory = with_products(&[1]);
    let change = ChangeProduct {
        product_id: product(1).id,
        version: None,
        name: Some("\0".to_owned()),
        unit: None,
        unit_price_fen: Some(-1),
        listed: None,
    };
    let absent = ChangeProduct {
        product_id: product(2).id,
        ..change.clone()
    };
    assert!(matches!(
        change_product(&mut memory, &absent),
        Err(ChangeProductError::NotFound(id)) if id == product(2).id
    ));
    let stale = ChangeProduct {
        version: Some(7),
        ..change.clone()
    };
    assert!(matches!(
        change_product(&mut memory, &stale),
        Err(ChangeProductError::Stale { current: 1 })
    ));
    let Err(ChangeProductError::Invalid(errors)) = change_product(&mut memory, &change) else {
        panic!("taken")
    };
    assert_eq!(
        fields(&errors),
        [("name", "control_character"), ("unit_price_fen", "out_of_range")]
    );
    assert_eq!(
        memory.find_products(&BTreeSet::from([product(1).id])).unwrap()[&product(1).id],
        product(1)
    );
}

#[test]
fn a_receipt_moves_every_line_and_leaves_the_ledger_equal_to_the_balance() {
    let mut memory = with_products(&[1, 2]);
    let ids = SeededIds::new(1);
    let movements = receive_stock(&mut memory, &ids, now(), &receipt(&[(1, 10), (2, 5), (1, 7)])).unwrap();
    assert_eq!(movements.len(), 3);
    receive_stock(&mut memory, &ids, now(), &receipt(&[(1, 3)])).unwrap();
    for (id, on_hand) in [(1, 20), (2, 5)] {
        let key = stock_key(AGENT, id);
        let item = memory.find_stock_item(key).unwrap().unwrap();
        assert_eq!(item.on_hand(), on_hand);
        let sum: i64 = memory
            .stock_movements()
            .iter()
            .filter(|movement| movement.key == key)
            .map(|movement| movement.on_hand_after - movement.on_hand_before)
            .sum();
        assert_eq!(sum, on_hand);
    }
}

#[test]
fn a_receipt_with_one_wrong_line_takes_nothing_in() {
    let mut memory = with_products(&[1, 2]);
    let full = StockItem::restore(stock_key(AGENT, 2), MAXIMUM_ON_HAND, 0, 0, 1).unwrap();
    let filled = StockItem::empty(full.key());
    memory.save_stock_items(&[filled]).unwrap();
    memory.save_stock_items(&[full]).unwrap();
    let mut command = receipt(&[(1, 10), (9, 5), (1, Quantity::MAXIMUM + 1), (9, 0), (2, 1)]);
    let ids = SeededIds::new(1);
    let Err(ReceiveStockError::Invalid(errors)) = receive_stock(&mut memory, &ids, now(), &command) else {
        panic!("taken")
    };
    assert_eq!(
        fields(&errors),
        [
            ("lines[1].product_id", "unknown_product"),
            ("lines[2].quantity", "out_of_range"),
            ("lines[3].quantity", "out_of_range"),
            ("lines[3].product_id", "unknown_product"),
            ("lines[4].quantity", "stock_full"),
        ]
    );
    command.lines.clear();
    assert!(matches!(
        receive_stock(&mut memory, &ids, now(), &command),
        Err(ReceiveStockError::Invalid(errors)) if fields(&errors) == [("lines", "out_of_range")]
    ));
    assert_eq!(memory.find_stock_item(stock_key(AGENT, 1)).unwrap(), None);
    assert!(memory.stock_movements().is_empty());
}

#[test]
fn a_threshold_is_set_before_the_first_goods_arrive_and_after() {
    let mut memory = with_products(&[1]);
    let mut command = SetThreshold {
        key: stock_key(AGENT, 1),
        threshold: 5,
        version: None,
    };
    let view = set_threshold(&mut memory, &command).unwrap();
    assert_eq!((view.threshold, view.on_hand, view.version), (5, 0, 1));
    receive_stock(&mut memory, &SeededIds::new(1), now(), &receipt(&[(1, 10)])).unwrap();
    command = SetThreshold {
        threshold: 6,
        version: Some(2),
        ..command
    };
    let view = set_threshold(&mut memory, &command).unwrap();
    assert_eq!((view.threshold, view.on_hand, view.version), (6, 10, 3));
}

#[test]
fn a_threshold_is_set_only_where_it_is_right() {
    let mut memory = with_products(&[1]);
    let command = SetThreshold {
        key: stock_key(AGENT, 1),
        threshold: -1,
        version: None,
    };
    assert!(matches!(
        set_threshold(&mut memory, &command),
        Err(SetThresholdError::Invalid(errors)) if fields(&errors) == [("threshold", "out_of_range")]
    ));
    let stale = SetThreshold {
        version: Some(3),
        ..command
    };
    assert!(matches!(
        set_threshold(&mut memory, &stale),
        Err(SetThresholdError::Stale { current: 0 })
    ));
    let unknown = SetThreshold {
        key: stock_key(AGENT, 9),
        ..command
    };
    assert!(matches!(
        set_threshold(&mut memory, &unknown),
        Err(SetThresholdError::NotFound(key)) if key == unknown.key
    ));
}

mock! {
    Away {}

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
    impl StockRepository for Away {
        fn lock_stock_items(
            &mut self,
            keys: &BTreeSet<inventory::StockKey>,
        ) -> Result<BTreeMap<inventory::StockKey, StockItem>, RepositoryError>;
        fn save_stock_items(&mut self, items: &[StockItem]) -> Result<(), RepositoryError>;
        fn insert_stock_movements(
            &mut self,
            movements: &[inventory::StockMovement],
        ) -> Result<(), RepositoryError>;
        fn find_stock_item(&mut self, key: inventory::StockKey) -> Result<Option<StockItem>, RepositoryError>;
        fn list_stock(
            &mut self,
            agent: ReachedAgent,
            page: &PageRequest<ProductId>,
        ) -> Result<Page<inventory::StockView, ProductId>, RepositoryError>;
        fn list_movements(
            &mut self,
            agent: ReachedAgent,
            product_id: Option<ProductId>,
            page: &PageRequest<kernel::MovementId>,
        ) -> Result<Page<inventory::StockMovement, kernel::MovementId>, RepositoryError>;
    }
}

fn away<T>() -> Result<T, RepositoryError> {
    Err(RepositoryError::Unavailable("on purpose".to_owned()))
}

#[test]
fn every_use_case_passes_on_that_the_database_is_away() {
    let mut session = MockAway::new();
    session.expect_insert_products().returning(|_| away());
    session.expect_find_products().returning(|_| away());
    let ids = SeededIds::new(1);
    assert!(matches!(
        add_product(&mut session, &ids, now(), &bucket()),
        Err(AddProductError::Repository(RepositoryError::Unavailable(_)))
    ));
    let change = ChangeProduct {
        product_id: product(1).id,
        version: None,
        name: None,
        unit: None,
        unit_price_fen: None,
        listed: None,
    };
    assert!(matches!(
        change_product(&mut session, &change),
        Err(ChangeProductError::Repository(RepositoryError::Unavailable(_)))
    ));
    assert!(matches!(
        receive_stock(&mut session, &ids, now(), &receipt(&[(1, 1)])),
        Err(ReceiveStockError::Repository(RepositoryError::Unavailable(_)))
    ));
    let threshold = SetThreshold {
        key: stock_key(AGENT, 1),
        threshold: 1,
        version: None,
    };
    assert!(matches!(
        set_threshold(&mut session, &threshold),
        Err(SetThresholdError::Repository(RepositoryError::Unavailable(_)))
    ));
}
