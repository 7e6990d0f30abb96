//! GCJ-02, the system of every map in mainland China: a position moved by a smooth, published-by-observation offset of some
//! hundred metres.
//!
//! The state publishes no formula. This is the one that all open implementations share, first found in eviltransform
//! (<https://github.com/googollee/eviltransform>, MIT), over the ellipsoid of Krasovsky 1940; the test compares with its
//! published pairs. The boundaries are in CGCS2000, which differs from WGS 84 by some centimetres (EPSG:4490), so one
//! conversion serves both.

use std::f64::consts::PI;

/// Half the long axis of Krasovsky 1940, in metres.
const SEMI_MAJOR_AXIS_M: f64 = 6_378_245.0;
/// Its first eccentricity, squared.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// The offsets are the same to a tenth of a millimetre when a step is shorter than this.
const PRECISION_DEGREES: f64 = 1e-9;
/// Each step shortens the error a hundredfold or more; three are enough.
const MAXIMUM_STEPS: usize = 10;

/// A position in degrees, in the system that its use names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Degrees {
    /// East.
    pub longitude: f64,
    /// North.
    pub latitude: f64,
}

impl Degrees {
    /// Whether GCJ-02 is defined there: the box of every published form of the formula.
    fn is_in_the_box(self) -> bool {
        (72.004..=137.8347).contains(&self.longitude) && (0.8293..=55.8271).contains(&self.latitude)
    }
}

/// Where a position of CGCS2000 or WGS 84 stands on a map in GCJ-02. Outside of China it stands where it is.
pub fn cgcs2000_to_gcj02(position: Degrees) -> Degrees {
    if !position.is_in_the_box() {
        return position;
    }
    let (east_m, north_m) = offset(position.longitude - 105.0, position.latitude - 35.0);
    let latitude = position.latitude.to_radians();
    let curvature = 1.0 - ECCENTRICITY_SQUARED * latitude.sin().powi(2);
    let meridian_m = SEMI_MAJOR_AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (curvature * curvature.sqrt());
    let parallel_m = SEMI_MAJOR_AXIS_M / curvature.sqrt() * latitude.cos();
    Degrees {
        longitude: position.longitude + (east_m / parallel_m).to_degrees(),
        latitude: position.latitude + (north_m / meridian_m).to_degrees(),
    }
}

/// The position in CGCS2000 (and WGS 84) that a map in GCJ-02 shows there, to less than a millionth of a degree. There is no
/// formula for this way: the position is looked for by taking away the offset of the last guess.
pub fn gcj02_to_cgcs2000(shown: Degrees) -> Degrees {
    if !shown.is_in_the_box() {
        return shown;
    }
    let mut guess = shown;
    for _ in 0..MAXIMUM_STEPS {
        let moved = cgcs2000_to_gcj02(guess);
        let (east, north) = (shown.longitude - moved.longitude, shown.latitude - moved.latitude);
        guess.longitude += east;
        guess.latitude += north;
        if east.abs() < PRECISION_DEGREES && north.abs() < PRECISION_DEGREES {
            break;
        }
    }
    guess
}

/// The offset in metres to the east and to the north, `x` and `y` degrees from 105° east and 35° north.
fn offset(x: f64, y: f64) -> (f64, f64) {
    let wave = |degrees: f64| (degrees * PI).sin();
    let short = 20.0 * wave(6.0 * x) + 20.0 * wave(2.0 * x);
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    let east_waves =
        short + 20.0 * wave(x) + 40.0 * wave(x / 3.0) + 150.0 * wave(x / 12.0) + 300.0 * wave(x / 30.0);
    let north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    let north_waves =
        short + 20.0 * wave(y) + 40.0 * wave(y / 3.0) + 160.0 * wave(y / 12.0) + 320.0 * wave(y / 30.0);
    (east + east_waves * 2.0 / 3.0, north + north_waves * 2.0 / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn apart(left: Degrees, right: Degrees) -> f64 {
        (left.longitude - right.longitude)
            .abs()
            .max((left.latitude - right.latitude).abs())
    }

    /// Shanghai, Shenzhen and Beijing, from the tests of eviltransform.
    #[test]
    fn known_pairs_come_out() {
        for (latitude, longitude, shown_latitude, shown_longitude) in [
            (
                31.177_427_6,
                121.527_210_6,
                31.175_303_983_645_97,
                121.531_541_859_215,
            ),
            (
                22.543_847,
                113.912_316,
                22.540_796_131_694_766,
                113.917_176_480_836_3,
            ),
            (
                39.911_954,
                116.377_817,
                39.913_345_455_360_69,
                116.384_047_224_556_57,
            ),
        ] {
            let real = Degrees { longitude, latitude };
            let shown = Degrees {
                longitude: shown_longitude,
                latitude: shown_latitude,
            };
            assert!(apart(cgcs2000_to_gcj02(real), shown) < 1e-6);
            assert!(apart(gcj02_to_cgcs2000(shown), real) < 1e-6);
        }
    }

    #[test]
    fn outside_of_china_nothing_moves() {
        for (longitude, latitude) in [
            (2.35, 48.85),
            (72.0, 30.0),
            (137.84, 30.0),
            (100.0, 0.8),
            (100.0, 55.9),
        ] {
            let position = Degrees { longitude, latitude };
            assert_eq!(gcj02_to_cgcs2000(position), position);
            assert_eq!(cgcs2000_to_gcj02(position), position);
        }
    }

    proptest! {
        #[test]
        fn there_and_back_is_less_than_a_millionth_of_a_degree(longitude in 72.5..137.3, latitude in 1.3..55.3) {
            let real = Degrees { longitude, latitude };
            let shown = cgcs2000_to_gcj02(real);
            // The offset is some hundred metres, never nothing and never kilometres.
            prop_assert!(apart(real, shown) < 0.02);
            prop_assert!(apart(gcj02_to_cgcs2000(shown), real) < 1e-6);
            prop_assert!(apart(cgcs2000_to_gcj02(gcj02_to_cgcs2000(real)), real) < 1e-6);
        }

        #[test]
        fn no_number_panics_or_never_ends(longitude in any::<f64>(), latitude in any::<f64>()) {
            let position = Degrees { longitude, latitude };
            gcj02_to_cgcs2000(position);
            cgcs2000_to_gcj02(position);
        }
    }
}
