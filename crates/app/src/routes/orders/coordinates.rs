//! Whether an order's coordinates lie where its address says.

use ::orders::AddressSnapshot;
use boundaries::{Boundaries, Degrees};
use kernel::DivisionCode;

/// The county that the coordinates lie in, where the address names another: the given division wins, and whoever delivers
/// should know. `None` without coordinates, outside of every county, and where the two agree.
pub(super) fn lying_elsewhere(address: &AddressSnapshot) -> Option<DivisionCode> {
    let position = address.position?;
    let located = Boundaries::embedded().locate(Degrees {
        longitude: position.longitude(),
        latitude: position.latitude(),
    })?;
    // A township lies in the county that was found, and a county in a city that was given.
    let (given, found) = (address.division_code, located.division_code);
    (!given.span().overlaps(found.span())).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use customers::Position;
    use testing::{SeededIds, build};

    #[test]
    fn the_county_of_the_coordinates_is_told_where_the_address_names_another() {
        let order = build::orders::order(
            &SeededIds::new(1),
            testing::instant("2026-11-22T08:00:00Z"),
            1,
            build::customers::customer_id(1),
        );
        let elsewhere = |code: &str, position: Option<(f64, f64)>| {
            lying_elsewhere(&AddressSnapshot {
                division_code: code.parse().unwrap(),
                position: position.map(|(longitude, latitude)| Position::parse(longitude, latitude).unwrap()),
                ..order.address.clone()
            })
            .map(|code| code.to_string())
        };
        // Beside the West Lake, in 西湖区.
        let lake = Some((120.130_663, 30.259_924));
        for agreeing in ["330106", "330106109", "330100", "330000"] {
            assert_eq!(elsewhere(agreeing, lake), None, "{agreeing}");
        }
        for other in ["330105", "330108001", "320000"] {
            assert_eq!(elsewhere(other, lake).as_deref(), Some("330106"), "{other}");
        }
        assert_eq!(elsewhere("330105", None), None);
        assert_eq!(elsewhere("330105", Some((130.0, 10.0))), None, "in no county");
    }
}
