//! Customers, where the agents are and a few elsewhere.

use super::{DemoError, cast, random::Random};
use ::customers::{AddressInput, CreateCustomer, create_customer};
use kernel::{DivisionCode, Instant, PageRequest, Scope};
use regions::{DivisionTree, TerritoryFilter};
use storage::Session;

/// How many customers the company has.
const CUSTOMERS: usize = 3_000;

/// Settles the customers.
pub(super) fn settle(
    session: &mut dyn Session,
    tree: &DivisionTree,
    random: &mut Random,
    at: Instant,
) -> Result<(), DemoError> {
    let page = PageRequest {
        limit: kernel::MAXIMUM_PAGE_LIMIT,
        after: None,
    };
    let territories = session
        .list_territories(Scope::All, &TerritoryFilter::default(), &page)?
        .items;
    let codes: Vec<_> = territories
        .iter()
        .map(|territory| territory.division_code)
        .collect();
    let provinces: Vec<_> = tree.children(None).map(|province| province.code).collect();
    for _ in 0..CUSTOMERS {
        // One in twelve lives anywhere, often where only headquarters answers.
        let region = if random.per_mille(80) {
            random.pick(&provinces)
        } else {
            random.pick(&codes)
        };
        let Some(home) = region.map(|region| home_within(tree, random, *region)) else {
            continue;
        };
        let name = cast::name(random);
        let phone = cast::mobile(random);
        let command = CreateCustomer {
            scope: Scope::All,
            account_id: None,
            address: Some(AddressInput {
                division_code: home.to_string(),
                detail: cast::address(random),
                contact_name: name.clone(),
                contact_phone: phone.clone(),
                longitude: None,
                latitude: None,
            }),
            name,
            phone: Some(phone),
        };
        create_customer(session, tree, random, at, &command).map_err(DemoError::refused)?;
    }
    Ok(())
}

/// A township somewhere inside the region, or what is lowest there.
fn home_within(tree: &DivisionTree, random: &mut Random, region: DivisionCode) -> DivisionCode {
    let mut home = region;
    loop {
        let children: Vec<_> = tree.children(Some(home)).collect();
        match random.pick(&children) {
            Some(child) => home = child.code,
            None => return home,
        }
    }
}
