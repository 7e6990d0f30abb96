//! Contents in a bucket of a real server process: `s3rver`, where it is installed (`.ci/s3` does so). With
//! `CATCHMENT_REQUIRE_S3=1` a machine without it fails these tests instead of skipping them.
//!
//! It refuses unknown access keys, and does not compute version 4 signatures itself: that those are right is `rusty-s3`'s
//! to prove, by Amazon's published examples.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use attachments::{ContentError, ContentKey, ContentStore};
use contents::{Place, S3, S3Settings, Sealed};
use kernel::AttachmentId;
use std::{
    fs,
    io::{BufRead, BufReader, Lines, Write},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};
use tempfile::TempDir;
use uuid::Uuid;

const REQUIRED: &str = "CATCHMENT_REQUIRE_S3";

/// Ends the server when the pipe to this shell closes, so that it ends with the tests even where they are killed.
const KEEPER: &str = r#"s3rver --directory "$1" --address 127.0.0.1 --port 0 --no-vhost-buckets \
    --configure-bucket pictures </dev/null & server=$!; read -r _; kill "$server"; wait "$server""#;

/// A running server with one bucket, which goes with the test.
struct Server {
    keeper: Child,
    /// Kept open: the server writes a line for each request.
    _said: Lines<BufReader<ChildStdout>>,
    folder: TempDir,
    endpoint: String,
}

impl Server {
    /// `None`, saying so, where the server is not installed.
    fn start() -> Option<Self> {
        let installed = Command::new("s3rver")
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !installed {
            #[allow(
                clippy::disallowed_methods,
                reason = "a switch of the test run, not of the application"
            )]
            let required = std::env::var_os(REQUIRED).is_some_and(|value| !value.is_empty());
            assert!(!required, "s3rver is not installed, and {REQUIRED} is set");
            // Written past the capture of test output, so that a skipped test shows.
            let _ = writeln!(std::io::stderr(), "s3rver is not installed: skipped");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(keeper.stdout.take().unwrap()).lines();
        let listening = said
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains("listening"))
            .expect("s3rver says where it listens");
        let port = listening.rsplit(':').next().unwrap().trim();
        Some(Self {
            endpoint: format!("http://127.0.0.1:{port}"),
            keeper,
            _said: said,
            folder,
        })
    }

    /// The keys are the ones that this server is built with.
    fn settings(&self) -> S3Settings {
        S3Settings {
            endpoint: self.endpoint.clone(),
            region: "us-east-1".to_owned(),
            bucket: "pictures".to_owned(),
            access_key: "S3RVER".to_owned(),
            secret_key: "S3RVER".to_owned().into(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Closes the keeper's standard input first.
        let _ = self.keeper.wait();
    }
}

fn id(number: u128) -> AttachmentId {
    AttachmentId::from_uuid(Uuid::from_u128(number))
}

fn key() -> ContentKey {
    ContentKey::from_bytes([7; 32])
}

fn whole(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            bytes.extend(whole(&entry.path()));
        } else {
            bytes.extend(fs::read(entry.path()).unwrap());
        }
    }
    bytes
}

#[test]
fn contents_come_back_from_a_bucket_that_holds_nothing_readable() {
    let Some(server) = Server::start() else { return };
    let contents = Sealed::new(S3::new(&server.settings()).unwrap());
    let picture = b"the pixels of an identity card ".repeat(40_000);
    contents.put_content(id(1), &key(), b"a first try").unwrap();
    contents.put_content(id(1), &key(), &picture).unwrap();
    assert_eq!(contents.get_content(id(1), &key()).unwrap(), picture);
    let kept = whole(server.folder.path());
    assert!(kept.len() > picture.len());
    assert!(!kept.windows(12).any(|part| part == b"identity car"));

    let absent = contents.get_content(id(2), &key());
    assert!(matches!(absent, Err(ContentError::Corrupt { .. })), "{absent:?}");
    contents.delete_content(id(1)).unwrap();
    contents.delete_content(id(1)).unwrap();
    let deleted = contents.get_content(id(1), &key());
    assert!(
        matches!(deleted, Err(ContentError::Corrupt { .. })),
        "{deleted:?}"
    );
}

#[test]
fn an_object_larger_than_asked_for_is_not_read() {
    let Some(server) = Server::start() else { return };
    let bucket = S3::new(&server.settings()).unwrap();
    bucket.put(id(1), &[0; 100]).unwrap();
    assert_eq!(bucket.get(id(1), 100).unwrap().unwrap().len(), 100);
    let refused = bucket.get(id(1), 99);
    assert!(
        matches!(refused, Err(ContentError::Corrupt { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_wrong_key_a_wrong_bucket_and_a_server_that_is_away_are_told_apart() {
    let Some(server) = Server::start() else { return };
    let wrong_key = S3Settings {
        access_key: "nobody".to_owned(),
        ..server.settings()
    };
    let wrong_bucket = S3Settings {
        bucket: "elsewhere".to_owned(),
        ..server.settings()
    };
    for (settings, word) in [(wrong_key, "InvalidAccessKeyId"), (wrong_bucket, "NoSuchBucket")] {
        let bucket = S3::new(&settings).unwrap();
        for failed in [
            bucket.put(id(1), b"sealed"),
            bucket.get(id(1), 10).map(drop),
            bucket.delete(id(1)),
        ] {
            match failed {
                Err(ContentError::Refused(why)) => assert!(why.contains(word), "{why}"),
                other => panic!("{word}: {other:?}"),
            }
        }
    }

    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = S3Settings {
        endpoint: format!("http://{}", free.local_addr().unwrap()),
        ..server.settings()
    };
    drop(free);
    match S3::new(&nobody).unwrap().put(id(1), b"sealed") {
        Err(ContentError::Unavailable(why)) => assert!(!why.contains("X-Amz"), "{why}"),
        other => panic!("{other:?}"),
    }
}
