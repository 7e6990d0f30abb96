//! Territories over divisions that the edition has no more: whoever looks after the data carries them into what took their
//! place.

use crate::{DivisionTree, Territory, TerritoryFilter, TerritoryRepository};
use kernel::{DivisionSpan, Instant, PageRequest, RepositoryError, Scope};

/// The territories that have not ended and whose division the edition has no more, in the order of the codes. Routing does
/// not lead to them: who holds above answers for what took their place, or headquarters.
pub fn find_outdated_territories(
    session: &mut (impl TerritoryRepository + ?Sized),
    tree: &DivisionTree,
    now: Instant,
) -> Result<Vec<Territory>, RepositoryError> {
    let map = session.territory_map()?;
    let mut codes: Vec<_> = map.codes().filter(|code| tree.find(*code).is_none()).collect();
    codes.sort_unstable();
    let mut outdated = Vec::new();
    for code in codes {
        let filter = TerritoryFilter {
            span: Some(DivisionSpan::only(code)),
            ..TerritoryFilter::default()
        };
        let mut page = PageRequest::first();
        loop {
            let found = session.list_territories(Scope::All, &filter, &page)?;
            let lasting =
                |territory: &Territory| territory.revoked_at.is_none() && now < territory.validity.until();
            outdated.extend(found.items.into_iter().filter(lasting));
            page.after = found.next;
            if page.after.is_none() {
                break;
            }
        }
    }
    Ok(outdated)
}
