//! Hiring couriers and changing their record.

use crate::shop::{Shop, account, agent, courier};
use kernel::{FieldError, PageRequest, Scope};
use orders::{
    ChangeCourier, ChangeCourierError, CourierDraft, CourierRepository, HireCourierError, change_courier,
    hire_courier,
};

fn fields(errors: &[FieldError]) -> Vec<(&str, &str)> {
    errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect()
}

#[test]
fn a_courier_is_hired_on_duty() {
    let mut shop = Shop::new(0, &[]);
    let draft = CourierDraft {
        name: "李送水".to_owned(),
        phone: "+86 139-0000-2222".to_owned(),
    };
    let hired = hire_courier(
        &mut shop.memory,
        &shop.ids,
        shop.now,
        agent(1),
        Some(account(7)),
        &draft,
    )
    .unwrap();
    assert_eq!((hired.on_duty, hired.version), (true, 1));
    assert_eq!(hired.phone.as_ref().unwrap().as_str(), "13900002222");
    assert_eq!((hired.account_id, hired.created_at), (Some(account(7)), shop.now));
    let found = shop.memory.find_courier(Scope::Agent(agent(1)), hired.id);
    assert_eq!(found.unwrap(), Some(hired));
}

#[test]
fn every_wrong_field_of_a_new_courier_is_reported_at_once() {
    let mut shop = Shop::new(0, &[]);
    let draft = CourierDraft {
        name: "长".repeat(51),
        phone: "12345".to_owned(),
    };
    let hired = hire_courier(&mut shop.memory, &shop.ids, shop.now, agent(5), None, &draft);
    let Err(HireCourierError::Invalid(errors)) = hired else {
        panic!("taken")
    };
    assert_eq!(
        fields(&errors),
        [("name", "too_long"), ("phone", "invalid_mobile_number")]
    );
    let page = shop
        .memory
        .list_couriers(Scope::Agent(agent(5)), None, &PageRequest::first());
    assert!(page.unwrap().items.is_empty());
}

#[test]
fn a_record_changes_where_it_is_there_fresh_and_right() {
    let mut shop = Shop::new(0, &[]);
    let own = Scope::Agent(agent(1));
    let mut change = |scope, version, change: ChangeCourier| {
        change_courier(&mut shop.memory, scope, courier(1), version, &change)
    };
    let off_duty = ChangeCourier {
        on_duty: Some(false),
        ..ChangeCourier::default()
    };
    let changed = change(own, Some(1), off_duty.clone()).unwrap();
    assert_eq!((changed.on_duty, changed.version), (false, 2));
    assert_eq!(changed.name.as_str(), "李送水");
    let renamed = ChangeCourier {
        name: Some("王送水".to_owned()),
        phone: Some("13700000000".to_owned()),
        on_duty: None,
    };
    let changed = change(own, None, renamed).unwrap();
    assert_eq!((changed.on_duty, changed.version), (false, 3));
    assert_eq!(changed.phone.unwrap().as_str(), "13700000000");

    assert!(matches!(
        change(own, Some(1), off_duty.clone()),
        Err(ChangeCourierError::Stale { current: 3 })
    ));
    assert!(matches!(
        change(Scope::Agent(agent(2)), None, off_duty),
        Err(ChangeCourierError::NotFound(id)) if id == courier(1)
    ));
    let wrong = ChangeCourier {
        name: Some(String::new()),
        phone: Some("1".to_owned()),
        on_duty: Some(true),
    };
    let Err(ChangeCourierError::Invalid(errors)) = change(own, None, wrong) else {
        panic!("taken")
    };
    assert_eq!(
        fields(&errors),
        [("name", "empty"), ("phone", "invalid_mobile_number")]
    );
    let Err(ChangeCourierError::Invalid(errors)) = change(own, None, ChangeCourier::default()) else {
        panic!("taken")
    };
    assert_eq!(fields(&errors), [("name", "nothing_to_change")]);
    let stored = shop.memory.find_courier(own, courier(1)).unwrap().unwrap();
    assert_eq!((stored.on_duty, stored.version), (false, 3));
}
