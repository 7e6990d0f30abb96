//! Keyset paging: `limit` and `cursor` in, `next_cursor` out.
//!
//! A cursor is the key of the last row, as JSON, before a keyed digest of it and of the list's path: it cannot be altered,
//! made up, or used on another list.

use super::query::Query;
use crate::{problem::Problem, route_table::Entry, state::State};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::{Invalid, MAXIMUM_PAGE_LIMIT, Page, PageRequest};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::future::{Ready, ready};
use storage::Database;
use subtle::ConstantTimeEq;
use utoipa::{IntoParams, ToSchema};

/// The bytes of the keyed digest: SHA-256's.
const DIGEST_BYTES: usize = 32;
/// No key that we made is longer.
const MAXIMUM_CURSOR_CHARACTERS: usize = 1_024;

/// 分页参数
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// 每页条数
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u16>,
    /// 上一页返回的 `next_cursor`
    cursor: Option<String>,
}

/// 一页
#[derive(Debug, Serialize, ToSchema)]
pub struct Paged<T> {
    /// 本页内容
    pub items: Vec<T>,
    /// 下一页的游标；最后一页为 null
    pub next_cursor: Option<String>,
}

/// Which page of a list with that key the client asks for.
///
/// A limit outside 1 to 100 and a cursor that this list never gave out are 422.
pub struct Paging<Key> {
    /// The page, for the port.
    pub request: PageRequest<Key>,
    sealer: Sealer,
}

impl<Key: Serialize> Paging<Key> {
    /// The page as it is answered.
    pub fn answer<Item>(&self, page: Page<Item, Key>) -> Result<Paged<Item>, Problem> {
        let next_cursor = page.next.map(|key| self.sealer.seal(&key)).transpose()?;
        Ok(Paged {
            items: page.items,
            next_cursor,
        })
    }
}

impl<Key: DeserializeOwned> FromRequest for Paging<Key> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parameters = Query::<PageParameters>::from_request(request, payload).into_inner();
        ready(parameters.and_then(|Query(parameters)| {
            let sealer = Sealer::of(request)?;
            let limit = parameters.limit.unwrap_or(PageRequest::<Key>::first().limit);
            if !(1..=MAXIMUM_PAGE_LIMIT).contains(&limit) {
                return Err(Problem::invalid_field(
                    "limit",
                    Invalid::new("out_of_range", "须为 1 至 100", "must be 1 to 100"),
                ));
            }
            let after = parameters.cursor.map(|cursor| sealer.open(&cursor)).transpose()?;
            Ok(Self {
                request: PageRequest { limit, after },
                sealer,
            })
        }))
    }
}

/// Seals and opens the cursors of one list.
struct Sealer {
    database: Database,
    list: &'static str,
}

impl Sealer {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let state = request.app_data::<Data<State>>();
        let entry = request.extensions().get::<&'static Entry>().copied();
        match (state, entry) {
            (Some(state), Some(entry)) => Ok(Self {
                database: state.database.clone(),
                list: entry.path,
            }),
            _ => Err(Problem::internal("paging outside a route")),
        }
    }

    fn digest(&self, key: &[u8]) -> Vec<u8> {
        let parts = [&b"cursor\0"[..], self.list.as_bytes(), b"\0", key];
        self.database.vault().keyed_digest(&parts)
    }

    fn seal(&self, key: &impl Serialize) -> Result<String, Problem> {
        let key = serde_json::to_vec(key).map_err(Problem::internal)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([self.digest(&key), key].concat()))
    }

    fn open<Key: DeserializeOwned>(&self, cursor: &str) -> Result<Key, Problem> {
        let forged = || {
            Problem::invalid_field(
                "cursor",
                Invalid::new(
                    "invalid_cursor",
                    "须为本列表返回的 next_cursor",
                    "must be a next_cursor of this list",
                ),
            )
            .called("invalid_cursor")
        };
        if cursor.len() > MAXIMUM_CURSOR_CHARACTERS {
            return Err(forged());
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| forged())?;
        let (digest, key) = bytes.split_at_checked(DIGEST_BYTES).ok_or_else(forged)?;
        if !bool::from(self.digest(key).as_slice().ct_eq(digest)) {
            return Err(forged());
        }
        // A key that an earlier version of this list made.
        serde_json::from_slice(key).map_err(|_| forged())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use storage::{Keys, Options, Vault};

    fn sealer(folder: &std::path::Path, list: &'static str) -> Sealer {
        let url = format!("sqlite://{}", folder.join("a.db").display());
        let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        Sealer {
            database: Database::open(&url, Options::default(), vault).unwrap(),
            list,
        }
    }

    #[test]
    fn only_what_the_list_gave_out_opens() {
        let folder = tempfile::tempdir().unwrap();
        let ours = sealer(folder.path(), "/a");
        let other_list = Sealer {
            database: ours.database.clone(),
            list: "/b",
        };
        proptest!(|(key in any::<u64>(), text in "[A-Za-z0-9_=+/.-]{0,80}|\\PC{0,40}", at in any::<prop::sample::Index>())| {
            let cursor = ours.seal(&key).unwrap();
            prop_assert_eq!(ours.open::<u64>(&cursor).unwrap(), key);
            prop_assert!(other_list.open::<u64>(&cursor).is_err());
            prop_assert_eq!(ours.open::<u64>(&text).unwrap_err().code(), "invalid_cursor");
            let mut altered = cursor.into_bytes();
            let byte = at.index(altered.len());
            altered[byte] = if altered[byte] == b'A' { b'B' } else { b'A' };
            prop_assert!(ours.open::<u64>(std::str::from_utf8(&altered).unwrap()).is_err());
        });
    }
}
