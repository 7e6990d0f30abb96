//! What is personal is nowhere to be read but in the answers: ten thousand known values go in through every route that takes
//! one and through the use cases, and are then looked for in every byte that the database and the log have written.

mod in_sets;
mod over_http;
mod search;
mod values;

use crate::support::{TestApp, migrated};
use identity::{Password, PasswordHash, PasswordHasher};
use search::{Log, Needles};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{path::Path, sync::Arc};
use storage::{Keys, Vault};
use testing::{PlainPasswords, PrivatePostgres, WechatDouble};
use values::Canaries;

/// How many values go in.
const CANARIES: usize = 10_000;

/// A hasher that is quick and tells nothing; the real one takes tens of milliseconds for each password.
struct QuickPasswords;

impl PasswordHasher for QuickPasswords {
    fn hash(&self, password: &Password) -> PasswordHash {
        let digest = Sha256::digest(password.expose());
        PasswordHash::from_text(format!("quick:{}", search::hexadecimal(&digest)))
    }

    fn verify(&self, password: &Password, hash: Option<&PasswordHash>) -> bool {
        hash.is_some_and(|hash| *hash == self.hash(password))
            // Of accounts that the tests open themselves, with the password that all know.
            || PlainPasswords.verify(password, hash)
    }
}

fn start(url: &str) -> (TestApp, WechatDouble) {
    let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
    TestApp::start_over_with_wechat(migrated(url, vault), Arc::new(QuickPasswords))
}

/// Lets the values in, and looks for them in every file below the folder once `settle` has brought all to disk.
fn no_canary_is_found((app, wechat): &(TestApp, WechatDouble), folder: &Path, settle: impl FnOnce()) {
    let log = Log::installed();
    let mut canaries = Canaries::default();
    let shop = over_http::open_shop(app, &mut canaries);
    for _ in 0..over_http::ROUNDS {
        over_http::round(app, wechat, &shop, &mut canaries);
    }
    in_sets::fill(app, &mut canaries, CANARIES);
    assert!(canaries.len() >= CANARIES, "{}", canaries.len());
    app::relay::deliver_waiting(&app.state.database, app.state.ids.as_ref(), app.state.clock.now()).unwrap();

    // The names of products are for everybody: what is looked for with them is found, or the search finds nothing at all.
    let control = "金丝雀对照水";
    let product = json!({"name": control, "unit": "桶", "unit_price_fen": 1, "container": "disposable"});
    shop.admin.post("/api/v1/products", &product).expect(201);
    tracing::info!("{control}");
    settle();

    let needles = Needles::of(canaries.values());
    let mut found = needles.in_folder(folder);
    found.extend(needles.in_bytes("the log", &log.bytes()));
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));

    let control = Needles::of(&[("control", control.to_owned())]);
    assert!(
        !control.in_folder(folder).is_empty(),
        "the files hold what is plain"
    );
    assert!(
        !control.in_bytes("the log", &log.bytes()).is_empty(),
        "the log is listened to"
    );
}

#[test]
fn no_personal_value_is_in_the_files_of_sqlite_or_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("catchment.db").display());
    let app = start(&url);
    // The database, its write-ahead log and its shared memory, as they are while it is open.
    no_canary_is_found(&app, folder.path(), || {});
}

#[test]
fn no_personal_value_is_in_the_files_of_postgres_or_in_the_log() {
    let Some(postgres) = PrivatePostgres::start() else {
        return;
    };
    let url = postgres.create_database();
    let app = start(&url);
    no_canary_is_found(&app, postgres.folder(), || postgres.checkpoint());
}

#[test]
fn a_planted_value_is_found_in_every_form() {
    let needles = Needles::of(&[
        ("name", "欧阳金丝雀".to_owned()),
        ("phone", "13912345678".to_owned()),
    ]);
    for planted in [
        "…欧阳金丝雀…".as_bytes().to_vec(),
        br#"{"name":"\u6b27\u9633\u91d1\u4e1d\u96c0"}"#.to_vec(),
        search::hexadecimal("欧阳金丝雀".as_bytes()).into_bytes(),
        [&[0xff, 0][..], b"13912345678", &[0xfe]].concat(),
        search::hexadecimal(b"13912345678").to_uppercase().into_bytes(),
    ] {
        assert_eq!(needles.in_bytes("planted", &planted).len(), 1);
    }
    assert!(
        needles
            .in_bytes("nothing", "欧阳金丝鸟 13912345679".as_bytes())
            .is_empty()
    );
}
