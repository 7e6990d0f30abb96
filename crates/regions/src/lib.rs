//! The administrative divisions of a published edition, the territories granted over them, and routing: who answers for
//! an address.
//!
//! This crate knows no agent beyond its id and number, no order and no database.
//!
//! ```
//! use kernel::{DivisionCode, Instant};
//! use regions::{DivisionTree, RoutingRule, TerritoryMap};
//!
//! let tree = DivisionTree::embedded();
//! let township = tree.search("西湖区", 1).remove(0).code;
//! let names: Vec<_> = tree.path(township).map(|division| division.name()).collect();
//! assert_eq!(names, ["西湖区", "杭州市", "浙江省"]);
//!
//! // Nobody has been granted anything: headquarters answers everywhere.
//! let map = TerritoryMap::build(0, &[]);
//! let now: Instant = "2026-11-22T08:00:00Z".parse().unwrap();
//! let responsible = map.responsible(tree, DivisionCode::parse("330106").unwrap(), now);
//! assert_eq!(responsible.rule, RoutingRule::Headquarters);
//! ```

mod check_territories;
mod claim;
mod consent;
mod coverage;
mod division;
mod division_search;
mod division_tree;
mod edition;
mod obstacle;
mod outdated_territories;
mod repository;
mod suspension;
mod territory;
mod territory_map;

pub use check_territories::{CheckTerritories, CheckTerritoriesError, check_territories};
pub use claim::Claim;
pub use consent::HolderConsent;
pub use coverage::{Coverage, CoverageCounts, CoverageStatus, CoveredDivision, ExpiringDays, Gap};
pub use division::{Division, DivisionError, DivisionLevel};
pub use division_search::MAXIMUM_SEARCH_LIMIT;
pub use division_tree::DivisionTree;
pub use obstacle::{ExclusivityRule, Obstacle};
pub use outdated_territories::find_outdated_territories;
pub use repository::{TerritoryFilter, TerritoryRepository};
pub use suspension::Suspension;
pub use territory::{Exclusivity, Territory};
pub use territory_map::{Responsible, RoutingRule, TerritoryMap};
