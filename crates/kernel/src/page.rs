//! Keyset paging: a page is asked for by the key of the last row seen, never by an offset.

/// The most rows that one page may hold.
pub const MAXIMUM_PAGE_LIMIT: u16 = 100;

/// Which page: at most `limit` rows after the row whose key is `after`, in the list's own order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest<Key> {
    /// How many rows at most, 1 to [`MAXIMUM_PAGE_LIMIT`].
    pub limit: u16,
    /// The key of the last row of the page before, `None` for the first page.
    pub after: Option<Key>,
}

impl<Key> PageRequest<Key> {
    /// The first page of the usual length, 20.
    pub const fn first() -> Self {
        Self {
            limit: 20,
            after: None,
        }
    }

    /// How many rows to fetch, one more than asked for: the extra row tells whether there is a next page.
    pub fn fetch_limit(&self) -> i64 {
        i64::from(self.limit) + 1
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<Item, Key> {
    /// The rows, in the list's order.
    pub items: Vec<Item>,
    /// The key to ask the next page with, `None` on the last page.
    pub next: Option<Key>,
}

impl<Item, Key> Page<Item, Key> {
    /// Cuts what was fetched with [`PageRequest::fetch_limit`] down to a page.
    pub fn cut(mut fetched: Vec<Item>, request: &PageRequest<Key>, key: impl Fn(&Item) -> Key) -> Self {
        let limit = usize::from(request.limit);
        let more = fetched.len() > limit;
        fetched.truncate(limit);
        let next = if more { fetched.last().map(key) } else { None };
        Self { items: fetched, next }
    }

    /// The same page with every item changed into something else.
    pub fn map<Other>(self, change: impl FnMut(Item) -> Other) -> Page<Other, Key> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extra_row_is_cut_and_the_last_kept_row_is_the_key() {
        let request = PageRequest {
            limit: 2,
            after: None,
        };
        assert_eq!(
            Page::cut(vec![7, 8, 9], &request, |row| *row),
            Page {
                items: vec![7, 8],
                next: Some(8)
            }
        );
        assert_eq!(
            Page::cut(vec![7, 8], &request, |row| *row),
            Page {
                items: vec![7, 8],
                next: None
            }
        );
    }
}
