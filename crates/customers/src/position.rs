//! Where an address is.

use kernel::Invalid;
use std::fmt;

const DEGREE_E6: f64 = 1_000_000.0;

/// A point in GCJ-02, the system of WeChat's and Tencent's maps, in millionths of a degree (about a decimetre). Debug
/// output hides it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    longitude_e6: i32,
    latitude_e6: i32,
}

impl Position {
    /// Takes degrees. GCJ-02 is defined only over a box around China, 72.004 to 137.8347 east and 0.8293 to 55.8271
    /// north (the bounds in every published form of the transformation); outside of it a point is no GCJ-02.
    pub fn parse(longitude: f64, latitude: f64) -> Result<Self, Invalid> {
        Self::from_e6(to_e6(longitude)?, to_e6(latitude)?)
    }

    /// Takes millionths of a degree, as they are stored.
    pub fn from_e6(longitude_e6: i32, latitude_e6: i32) -> Result<Self, Invalid> {
        if (72_004_000..=137_834_700).contains(&longitude_e6) && (829_300..=55_827_100).contains(&latitude_e6)
        {
            Ok(Self {
                longitude_e6,
                latitude_e6,
            })
        } else {
            Err(OUTSIDE)
        }
    }

    /// Millionths of a degree east.
    pub const fn longitude_e6(self) -> i32 {
        self.longitude_e6
    }

    /// Millionths of a degree north.
    pub const fn latitude_e6(self) -> i32 {
        self.latitude_e6
    }

    /// Degrees east.
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude_e6) / DEGREE_E6
    }

    /// Degrees north.
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude_e6) / DEGREE_E6
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Position(**)")
    }
}

const OUTSIDE: Invalid = Invalid::new(
    "invalid_position",
    "坐标应为中国境内的 GCJ-02 经纬度",
    "must be a GCJ-02 position within China, in degrees",
);

fn to_e6(degrees: f64) -> Result<i32, Invalid> {
    if !(-180.0..=180.0).contains(&degrees) {
        return Err(OUTSIDE);
    }
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "at most 180 million after the check above, and the standard library has no checked conversion"
    )]
    Ok((degrees * DEGREE_E6).round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_taken_within_china_only() {
        let west_lake = Position::parse(120.130_663, 30.259_924).unwrap();
        assert_eq!(
            (west_lake.longitude_e6(), west_lake.latitude_e6()),
            (120_130_663, 30_259_924)
        );
        for (longitude, latitude) in [
            (30.259_924, 120.130_663),
            (0.0, 0.0),
            (f64::NAN, 30.0),
            (f64::INFINITY, 30.0),
            (120.0, -30.0),
            (137.834_701, 30.0),
        ] {
            assert!(
                Position::parse(longitude, latitude).is_err(),
                "{longitude}, {latitude}"
            );
        }
    }

    #[test]
    fn debug_output_hides_the_position() {
        assert_eq!(
            format!("{:?}", Position::parse(120.0, 30.0).unwrap()),
            "Position(**)"
        );
    }
}
