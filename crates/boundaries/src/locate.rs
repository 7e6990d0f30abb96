//! Point in polygon, and the nearest county for a point that lies just outside of all.

use crate::{Degrees, gcj02_to_cgcs2000, packed::Packed};
use geo::{Closest, Distance, Haversine, HaversineClosestPoint, Intersects, Point, Polygon};
use kernel::DivisionCode;
use rstar::{AABB, RTree, primitives::GeomWithData};
use std::sync::LazyLock;

/// How far outside of every boundary a position may lie and still be told as in the nearest county. Coasts grow, piers
/// reach out, and the boundaries have corners some hundred metres apart; farther away it is the sea or abroad.
pub const MAXIMUM_DISTANCE_M: u32 = 5_000;

/// A degree of latitude is no shorter anywhere.
const SHORTEST_DEGREE_M: f64 = 110_000.0;

/// The boundaries of the counties, in CGCS2000.
pub struct Boundaries {
    source: Box<str>,
    map_review_number: Box<str>,
    polygons: RTree<GeomWithData<Polygon, DivisionCode>>,
}

/// Where a position was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located {
    /// A county, or what stands for one where there is none: a city, or a province.
    pub division_code: DivisionCode,
    /// Whether the position lies inside of its boundary or on it.
    pub inside: bool,
    /// How far the position is from its boundary, in whole metres rounded up; 0 inside.
    pub distance_m: u32,
}

impl Boundaries {
    /// The boundaries that are packed into this crate, unpacked and arranged at the first call.
    pub fn embedded() -> &'static Self {
        static BOUNDARIES: LazyLock<Boundaries> = LazyLock::new(|| Boundaries::arrange(Packed::embedded()));
        &BOUNDARIES
    }

    fn arrange(packed: Packed) -> Self {
        let polygons = packed
            .polygons
            .into_iter()
            .map(|(code, polygon)| GeomWithData::new(polygon, code));
        Self {
            source: packed.source,
            map_review_number: packed.map_review_number,
            polygons: RTree::bulk_load(polygons.collect()),
        }
    }

    /// Where the boundaries come from.
    pub const fn source(&self) -> &str {
        &self.source
    }

    /// The number (审图号) under which their map was reviewed; shown beside whatever is told by them.
    pub const fn map_review_number(&self) -> &str {
        &self.map_review_number
    }

    /// The divisions that have a boundary, some with several polygons.
    pub fn codes(&self) -> impl Iterator<Item = DivisionCode> {
        self.polygons.iter().map(|polygon| polygon.data)
    }

    /// The county that a position in GCJ-02 lies in, or the nearest one within [`MAXIMUM_DISTANCE_M`]; `None` farther
    /// outside. A position on the line between two is in the one with the lesser code.
    pub fn locate(&self, position: Degrees) -> Option<Located> {
        let real = gcj02_to_cgcs2000(position);
        let point = Point::new(real.longitude, real.latitude);
        self.containing(point).or_else(|| self.nearest(point))
    }

    fn containing(&self, point: Point) -> Option<Located> {
        self.polygons
            .locate_in_envelope_intersecting(&AABB::from_point(point))
            .filter(|polygon| polygon.geom().intersects(&point))
            .map(|polygon| polygon.data)
            .min()
            .map(|division_code| Located {
                division_code,
                inside: true,
                distance_m: 0,
            })
    }

    fn nearest(&self, point: Point) -> Option<Located> {
        let north = f64::from(MAXIMUM_DISTANCE_M) / SHORTEST_DEGREE_M;
        let east = north / (point.y().abs() + north).to_radians().cos();
        let around = AABB::from_corners(
            Point::new(point.x() - east, point.y() - north),
            Point::new(point.x() + east, point.y() + north),
        );
        self.polygons
            .locate_in_envelope_intersecting(&around)
            .filter_map(|polygon| Some((distance_m(point, polygon.geom())?, polygon.data)))
            .min_by(|(left, code), (right, other)| left.total_cmp(right).then(code.cmp(other)))
            .and_then(|(distance_m, division_code)| {
                Some(Located {
                    division_code,
                    inside: false,
                    distance_m: whole_metres(distance_m)?,
                })
            })
    }
}

/// The way over the sphere to the closest point of the boundary.
fn distance_m(point: Point, polygon: &Polygon) -> Option<f64> {
    match polygon.haversine_closest_point(&point) {
        Closest::Intersection(_) => Some(0.0),
        Closest::SinglePoint(closest) => Some(Haversine.distance(point, closest)),
        Closest::Indeterminate => None,
    }
}

/// Rounded up, at least one, since the point is outside; `None` beyond the bound.
fn whole_metres(distance_m: f64) -> Option<u32> {
    (1..=MAXIMUM_DISTANCE_M).find(|&whole| distance_m <= f64::from(whole))
}
