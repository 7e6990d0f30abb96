//! Where a customer's water goes.

pub(crate) mod add;
pub(crate) mod list;

use crate::Position;
use kernel::{
    AddressId, AgentId, CustomerId, DivisionCode, Instant, Invalid, MobileNumber, PersonName, Scope, Text,
    Validation,
};
use regions::{DivisionTree, TerritoryMap};
use std::fmt;

/// The most addresses that one customer may have.
pub const MAXIMUM_ADDRESSES: usize = 50;

/// A customer's delivery address. Addresses never change, so that an order may name one; a new one is added instead.
/// Debug output hides the place.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Its id.
    pub id: AddressId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// The division it lies in, one of the edition.
    pub division_code: DivisionCode,
    /// Street, house, flat.
    pub detail: Text<200>,
    /// Whom to ask for there.
    pub contact_name: PersonName,
    /// How to reach them.
    pub contact_phone: MobileNumber,
    /// Where it is on the map, `None` where nobody pointed.
    pub position: Option<Position>,
    /// When it was added.
    pub created_at: Instant,
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Address")
            .field("id", &self.id)
            .field("customer_id", &self.customer_id)
            .field("division_code", &self.division_code)
            .finish_non_exhaustive()
    }
}

/// An address as a person gives it, unchecked.
#[derive(Clone, PartialEq)]
pub struct AddressInput {
    /// Six or nine digits.
    pub division_code: String,
    /// Street, house, flat; at most 200 characters.
    pub detail: String,
    /// Whom to ask for there.
    pub contact_name: String,
    /// How to reach them.
    pub contact_phone: String,
    /// Degrees east in GCJ-02; given together with the latitude or not at all.
    pub longitude: Option<f64>,
    /// Degrees north in GCJ-02.
    pub latitude: Option<f64>,
}

/// An address that was checked and is nobody's yet. Its division is one of the edition.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedAddress {
    /// The division it lies in; for a shell code that was given, the province.
    pub division_code: DivisionCode,
    /// Street, house, flat.
    pub detail: Text<200>,
    /// Whom to ask for there.
    pub contact_name: PersonName,
    /// How to reach them.
    pub contact_phone: MobileNumber,
    /// Where it is on the map.
    pub position: Option<Position>,
}

impl AddressInput {
    /// Checks every field and notes each error under `prefix` and the field's name. `None` exactly where one was noted.
    pub fn check(
        &self,
        validation: &mut Validation,
        prefix: &str,
        tree: &DivisionTree,
    ) -> Option<CheckedAddress> {
        let field = |name: &str| format!("{prefix}{name}");
        let division = DivisionCode::parse(&self.division_code)
            .and_then(|code| tree.resolve(code).map_err(Invalid::from))
            .map(|division| division.code);
        let division_code = validation.take(field("division_code"), division);
        let detail = validation.take(field("detail"), Text::parse(&self.detail));
        let contact_name = validation.take(field("contact_name"), PersonName::parse(&self.contact_name));
        let contact_phone = validation.take(field("contact_phone"), MobileNumber::parse(&self.contact_phone));
        let position = match (self.longitude, self.latitude) {
            (Some(longitude), Some(latitude)) => validation
                .take(field("longitude"), Position::parse(longitude, latitude))
                .map(Some),
            (None, None) => Some(None),
            (longitude, _) => {
                let missing = if longitude.is_none() {
                    "longitude"
                } else {
                    "latitude"
                };
                validation.refuse(field(missing), Invalid::required());
                None
            }
        };
        Some(CheckedAddress {
            division_code: division_code?,
            detail: detail?,
            contact_name: contact_name?,
            contact_phone: contact_phone?,
            position: position?,
        })
    }
}

impl CheckedAddress {
    /// Makes it a customer's.
    pub fn into_address(self, id: AddressId, customer_id: CustomerId, created_at: Instant) -> Address {
        let Self {
            division_code,
            detail,
            contact_name,
            contact_phone,
            position,
        } = self;
        Address {
            id,
            customer_id,
            division_code,
            detail,
            contact_name,
            contact_phone,
            position,
            created_at,
        }
    }
}

/// The agent whose staff acts and does not answer for the division: it may not add an address there.
pub(crate) fn intruder(
    scope: Scope,
    territories: &TerritoryMap,
    tree: &DivisionTree,
    code: DivisionCode,
    now: Instant,
) -> Option<AgentId> {
    match scope {
        Scope::Agent(agent_id) if territories.responsible(tree, code, now).agent_id != agent_id => {
            Some(agent_id)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> AddressInput {
        AddressInput {
            division_code: "330106".to_owned(),
            detail: "文三路 1 号".to_owned(),
            contact_name: "张三".to_owned(),
            contact_phone: "13812345678".to_owned(),
            longitude: Some(120.130_663),
            latitude: Some(30.259_924),
        }
    }

    fn errors(input: &AddressInput) -> Vec<(String, &'static str)> {
        let mut validation = Validation::default();
        let checked = input.check(&mut validation, "address.", DivisionTree::embedded());
        let errors = validation.finish(|| ()).err().unwrap_or_default();
        assert_eq!(checked.is_none(), !errors.is_empty());
        errors
            .into_iter()
            .map(|error| (error.field.into_owned(), error.code))
            .collect()
    }

    #[test]
    fn every_wrong_field_is_reported_at_once() {
        assert!(errors(&input()).is_empty());
        let wrong = AddressInput {
            division_code: "330199".to_owned(),
            detail: String::new(),
            contact_name: "\0".to_owned(),
            contact_phone: "1".to_owned(),
            longitude: Some(f64::NAN),
            latitude: Some(0.0),
        };
        let expected = [
            ("address.division_code", "unknown_division"),
            ("address.detail", "empty"),
            ("address.contact_name", "control_character"),
            ("address.contact_phone", "invalid_mobile_number"),
            ("address.longitude", "invalid_position"),
        ];
        assert_eq!(
            errors(&wrong),
            expected.map(|(field, code)| (field.to_owned(), code))
        );
    }

    #[test]
    fn half_a_position_is_none() {
        let mut half = input();
        half.latitude = None;
        assert_eq!(errors(&half), [("address.latitude".to_owned(), "required")]);
        half = input();
        half.longitude = None;
        assert_eq!(errors(&half), [("address.longitude".to_owned(), "required")]);
    }

    #[test]
    fn a_shell_code_means_its_province_and_a_retired_one_is_refused() {
        let mut given = input();
        given.division_code = "110100".to_owned();
        let checked = given.check(&mut Validation::default(), "", DivisionTree::embedded());
        assert_eq!(checked.unwrap().division_code.to_string(), "110000");
        given.division_code = "110103".to_owned();
        assert_eq!(
            errors(&given),
            [("address.division_code".to_owned(), "retired_division")]
        );
    }
}
