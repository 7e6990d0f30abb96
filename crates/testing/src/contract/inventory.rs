//! What the repositories of products and of stock promise.

use crate::{
    Store,
    build::inventory::{movement_note, product, received_stock, stock_key},
};
use inventory::{ProductRepository, Quantity, StockItem, StockRepository};
use kernel::{AccountId, AgentId, Money, OrderId, PageRequest, ReachedAgent, RepositoryError, Scope, Text};
use std::collections::BTreeSet;
use uuid::Uuid;

const HEADQUARTERS: AgentId = AgentId::HEADQUARTERS;

fn office(agent_id: AgentId) -> ReachedAgent {
    Scope::All.agent(agent_id).unwrap()
}

fn run<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

/// Products are found by id, listed in the order they were added, page by page, all or the listed ones.
pub fn products_are_found_and_listed<S: Store>(store: &S)
where
    S::Session: ProductRepository,
{
    let mut products = [product(1), product(2), product(3)];
    products[1].listed = false;
    run(store, |session| session.insert_products(&products));
    let wanted = BTreeSet::from([products[1].id, product(9).id]);
    let found = run(store, |session| session.find_products(&wanted));
    assert_eq!(found.into_values().collect::<Vec<_>>(), [products[1].clone()]);
    assert!(run(store, |session| session.find_products(&BTreeSet::new())).is_empty());

    let mut request = PageRequest {
        limit: 2,
        after: None,
    };
    let first = run(store, |session| session.list_products(false, &request));
    assert_eq!(first.items, products[..2]);
    request.after = first.next;
    let second = run(store, |session| session.list_products(false, &request));
    assert_eq!((second.items.as_slice(), second.next), (&products[2..], None));
    let listed = run(store, |session| {
        session.list_products(true, &PageRequest::first())
    });
    assert_eq!(listed.items, [products[0].clone(), products[2].clone()]);
}

/// A product is saved under its next version, and only over the version that was loaded.
pub fn a_stale_product_is_not_saved<S: Store>(store: &S)
where
    S::Session: ProductRepository,
{
    let mut changed = product(1);
    run(store, |session| session.insert_products(&[changed.clone()]));
    changed.unit_price = Money::from_fen(1);
    run(store, |session| session.save_product(&changed));
    changed.version = 2;
    let ids = BTreeSet::from([changed.id]);
    assert_eq!(
        run(store, |session| session.find_products(&ids))[&changed.id],
        changed
    );
    let stale = store.write(|session| match session.save_product(&product(1)) {
        Err(RepositoryError::LostRace(_)) => Ok(true),
        other => other.map(|()| false),
    });
    assert!(stale.unwrap());
}

/// Stock is inserted once, changed under the version that was loaded, and read back as it was saved.
pub fn stock_is_saved_under_its_version<S: Store>(store: &S)
where
    S::Session: ProductRepository + StockRepository,
{
    let key = stock_key(HEADQUARTERS, 1);
    let keys = BTreeSet::from([key, stock_key(HEADQUARTERS, 9)]);
    let (new, _) = received_stock(key, 10, 1);
    run(store, |session| {
        session.insert_products(&[product(1)])?;
        session.save_stock_items(std::slice::from_ref(&new))
    });
    let mut locked = run(store, |session| session.lock_stock_items(&keys));
    assert_eq!(locked.len(), 1);
    let mut item = locked.remove(&key).unwrap();
    assert_eq!(item, StockItem::restore(key, 10, 0, 0, 1).unwrap());

    item.reserve(Quantity::new(4).unwrap(), movement_note(2)).unwrap();
    item.set_threshold(7).unwrap();
    run(store, |session| {
        session.save_stock_items(std::slice::from_ref(&item))
    });
    let found = run(store, |session| session.find_stock_item(key));
    assert_eq!(found, Some(StockItem::restore(key, 10, 4, 7, 2).unwrap()));
    assert_eq!(
        run(store, |session| session
            .find_stock_item(stock_key(HEADQUARTERS, 9))),
        None
    );

    for stale in [item, new] {
        let lost = store.write(
            |session| match session.save_stock_items(std::slice::from_ref(&stale)) {
                Err(RepositoryError::LostRace(_)) => Ok(true),
                other => other.map(|()| false),
            },
        );
        assert!(lost.unwrap(), "{stale:?}");
    }
}

/// A set of new and changed items is saved together, and the list pages through them with their products' names.
pub fn stock_is_listed_with_product_names<S: Store>(store: &S)
where
    S::Session: ProductRepository + StockRepository,
{
    let (mut first, _) = received_stock(stock_key(HEADQUARTERS, 1), 10, 1);
    let (second, _) = received_stock(stock_key(HEADQUARTERS, 2), 20, 2);
    run(store, |session| {
        session.insert_products(&[product(1), product(2)])?;
        session.save_stock_items(std::slice::from_ref(&first))
    });
    first = run(store, |session| session.find_stock_item(first.key())).unwrap();
    first
        .reserve(Quantity::new(3).unwrap(), movement_note(3))
        .unwrap();
    run(store, |session| {
        session.save_stock_items(&[first.clone(), second.clone()])
    });

    let mut request = PageRequest {
        limit: 1,
        after: None,
    };
    let page = run(store, |session| {
        session.list_stock(office(HEADQUARTERS), &request)
    });
    let [view] = page.items.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(view.product_name, product(1).name.as_str());
    assert_eq!(
        (
            view.on_hand,
            view.reserved,
            view.available,
            view.threshold,
            view.version
        ),
        (10, 3, 7, 0, 2)
    );
    request.after = page.next;
    let page = run(store, |session| {
        session.list_stock(office(HEADQUARTERS), &request)
    });
    assert_eq!((page.items[0].on_hand, page.next), (20, None));
    let other = AgentId::from_uuid(Uuid::from_u128(77));
    let nothing = run(store, |session| {
        session.list_stock(office(other), &PageRequest::first())
    });
    assert!(nothing.items.is_empty());
}

/// Movements come back whole, newest first, of one product or all.
pub fn movements_come_back_newest_first<S: Store>(store: &S)
where
    S::Session: ProductRepository + StockRepository,
{
    let (mut first, received) = received_stock(stock_key(HEADQUARTERS, 1), 10, 1);
    let (second, other) = received_stock(stock_key(HEADQUARTERS, 2), 20, 2);
    let mut note = movement_note(3);
    note.actor = Some(AccountId::from_uuid(Uuid::from_u128(5)));
    note.order_id = Some(OrderId::from_uuid(Uuid::from_u128(6)));
    note.reason = Some(Text::parse("门店自提").unwrap());
    let reserved = first.reserve(Quantity::new(4).unwrap(), note).unwrap();
    run(store, |session| {
        session.insert_products(&[product(1), product(2)])?;
        session.save_stock_items(&[first.clone(), second.clone()])?;
        session.insert_stock_movements(&[received.clone(), other.clone(), reserved.clone()])
    });

    let mut request = PageRequest {
        limit: 2,
        after: None,
    };
    let page = run(store, |session| {
        session.list_movements(office(HEADQUARTERS), None, &request)
    });
    assert_eq!(page.items, [reserved.clone(), other]);
    request.after = page.next;
    let page = run(store, |session| {
        session.list_movements(office(HEADQUARTERS), None, &request)
    });
    assert_eq!(
        (page.items.as_slice(), page.next),
        (&[received.clone()][..], None)
    );
    let of_one = run(store, |session| {
        session.list_movements(
            office(HEADQUARTERS),
            Some(first.key().product_id),
            &PageRequest::first(),
        )
    });
    assert_eq!(of_one.items, [reserved, received]);
}
