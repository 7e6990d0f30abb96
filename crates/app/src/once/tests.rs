//! One key, one effect, on both databases.

use super::*;
use crate::reach::Reach;
use actix_web::body::to_bytes;
use futures_util::future::join_all;
use identity::{
    Admitted, Client, Membership, OpenAccount, Origin, Password, PasswordHasher, Position, TokenDigest,
    Username, open_account, open_session,
};
use kernel::{AccountId, MembershipId, PersonName};
use serde_json::{Value, json};
use std::sync::Arc;
use storage::{Database, Keys, Options, Vault};
use tempfile::TempDir;
use testing::build::attachments::MemoryContents;
use testing::{FixedClock, PlainPasswords, PrivatePostgres, SeededIds, instant};

const NOW: &str = "2026-11-22T08:00:00Z";

/// An applicant who is signed in, on a database of its own.
struct World {
    state: State,
    caller: Caller,
    _folder: Option<TempDir>,
}

impl World {
    async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        Self::on(&url, Some(folder)).await
    }

    async fn on_postgres() -> Option<Self> {
        let url = PrivatePostgres::shared()?.create_database();
        Some(Self::on(&url, None).await)
    }

    async fn on(url: &str, folder: Option<TempDir>) -> Self {
        let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        let database = Database::open(url, Options::default(), vault).unwrap();
        database.migrate().unwrap();
        let clock = Arc::new(FixedClock::at(NOW));
        let ids = Arc::new(SeededIds::new(1));
        let state = State::with(
            database,
            clock,
            ids,
            Arc::new(PlainPasswords),
            Arc::new(MemoryContents::default()),
        )
        .unwrap();
        let caller = Caller::authenticate(
            &state,
            sign_in(&state, "zhang.san"),
            Origin::default(),
            None,
            Reach::Account,
        )
        .await
        .unwrap();
        Self {
            state,
            caller,
            _folder: folder,
        }
    }

    /// Becomes an applicant once more, under a key: the effect that the tests count.
    async fn apply(&self, key: Option<&str>, body: &str) -> Result<(u16, bool, Value), Problem> {
        let key = key.map(|key| IdempotencyKey::parse(key).unwrap());
        let digest = RequestDigest::of("POST", "/applicants", body.as_bytes());
        let answer = self.state.once(&self.caller, key, digest, |work| {
            let id = MembershipId::from_uuid(work.ids.next_uuid(work.now));
            work.session.insert_memberships(&[Membership {
                id,
                account_id: work.principal.account_id,
                position: Position::Applicant,
                created_at: work.now,
                ended_at: None,
            }])?;
            Ok::<_, Problem>(Made::created(id.as_uuid(), json!({ "id": id })))
        });
        let answer = answer.await?;
        let replayed = answer.headers().contains_key(IDEMPOTENCY_REPLAYED);
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body()).await.unwrap();
        Ok((status, replayed, serde_json::from_slice(&body).unwrap()))
    }

    /// How often the command had its effect.
    fn effects(&self) -> usize {
        let account_id = self.caller.principal.account_id;
        let memberships = self
            .state
            .database
            .read::<_, RepositoryError>(|session| session.list_memberships(account_id));
        memberships.unwrap().len() - 1
    }
}

fn sign_in(state: &State, username: &str) -> TokenDigest {
    let now = instant(NOW);
    let command = OpenAccount {
        id: AccountId::from_uuid(state.ids.next_uuid(now)),
        username: Username::parse(username).unwrap(),
        password_hash: PlainPasswords.hash(&Password::parse("correct horse".to_owned()).unwrap()),
        name: PersonName::parse("张三").unwrap(),
        privacy_policy_version: None,
        position: Position::Applicant,
    };
    let signed_in = state.database.write::<_, Problem>(|session| {
        let (account, _) = open_account(session, state.ids.as_ref(), now, command.clone())?;
        let admitted = Admitted::newly_opened(account);
        Ok(open_session(
            session,
            state.ids.as_ref(),
            state.secrets.as_ref(),
            now,
            &admitted,
            &Client::default(),
        )?)
    });
    TokenDigest::of(signed_in.unwrap().tokens.access.expose()).unwrap()
}

async fn fifty_at_once(world: World) {
    let answers = join_all((0..50).map(|_| world.apply(Some("a-key"), "{}"))).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(world.effects(), 1);
    let fresh = answers.iter().filter(|(_, replayed, _)| !replayed).count();
    assert_eq!(fresh, 1);
    for (status, _, body) in &answers {
        assert_eq!((*status, body), (201, &answers[0].2));
    }
}

#[actix_web::test]
async fn one_key_fifty_times_at_once_has_one_effect_and_one_answer_on_sqlite() {
    fifty_at_once(World::on_sqlite().await).await;
}

#[actix_web::test]
async fn one_key_fifty_times_at_once_has_one_effect_and_one_answer_on_postgres() {
    if let Some(world) = World::on_postgres().await {
        fifty_at_once(world).await;
    }
}

#[actix_web::test]
async fn another_body_under_a_used_key_is_refused_and_has_no_effect() {
    let world = World::on_sqlite().await;
    world.apply(Some("a-key"), "{}").await.unwrap();
    let refused = world.apply(Some("a-key"), "{ }").await.unwrap_err();
    assert_eq!(refused.code(), "idempotency_key_reused");
    assert_eq!(world.effects(), 1);
}

#[actix_web::test]
async fn without_a_key_and_under_another_each_request_has_its_effect() {
    let world = World::on_sqlite().await;
    for key in [None, None, Some("a-key"), Some("another-key")] {
        let (_, replayed, _) = world.apply(key, "{}").await.unwrap();
        assert!(!replayed);
    }
    assert_eq!(world.effects(), 4);
}

#[actix_web::test]
async fn a_key_is_the_accounts_own() {
    let mut world = World::on_sqlite().await;
    world.apply(Some("a-key"), "{}").await.unwrap();
    let other = sign_in(&world.state, "li.si");
    world.caller = Caller::authenticate(&world.state, other, Origin::default(), None, Reach::Account)
        .await
        .unwrap();
    let (_, replayed, _) = world.apply(Some("a-key"), "{}").await.unwrap();
    assert!(!replayed);
}

#[actix_web::test]
async fn a_refusal_leaves_the_key_free() {
    let world = World::on_sqlite().await;
    let key = IdempotencyKey::parse("a-key").unwrap();
    let digest = RequestDigest::of("POST", "/applicants", b"{}");
    let refused = world
        .state
        .once(&world.caller, Some(key), digest, |_| {
            Err::<Made<Value>, _>(Problem::not_found())
        })
        .await;
    assert!(refused.is_err());
    let (_, replayed, _) = world.apply(Some("a-key"), "{}").await.unwrap();
    assert!(!replayed);
    assert_eq!(world.effects(), 1);
}
