//! Which county a position lies in.
//!
//! Maps and phones in China speak GCJ-02, boundaries are in CGCS2000: [`gcj02_to_cgcs2000`] is the one way between them.
//! The boundaries are packed into this crate, away from `regions`, so that who only wants the tree and the routing does
//! not carry two megabytes of polygons and the geometry to read them. This crate knows no name, no agent and no
//! database; what it answers is the code of a division of the edition that `regions` has.
//!
//! The first call unpacks 425,000 corners and arranges them: 0.15 s and 13 MB, once in a process (measured in a release
//! build on one core of a small virtual machine). Every further one takes some microseconds.
//!
//! ```
//! use boundaries::{Boundaries, Degrees};
//!
//! let west_lake = Degrees { longitude: 120.1463, latitude: 30.2462 };
//! let located = Boundaries::embedded().locate(west_lake).unwrap();
//! assert_eq!(located.division_code.to_string(), "330106");
//! assert!(located.inside);
//! ```

mod gcj02;
mod locate;
mod packed;

pub use gcj02::{Degrees, cgcs2000_to_gcj02, gcj02_to_cgcs2000};
pub use locate::{Boundaries, Located, MAXIMUM_DISTANCE_M};
