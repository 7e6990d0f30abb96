//! What every handler works with: the database, the clock, the ids.

use crate::{
    access::Caller,
    cookies::CookieStyle,
    erasure_log::ErasureLog,
    intake::Intake,
    live::Live,
    passwords::{Argon2Passwords, Passwords},
    policy::PrivacyPolicy,
    problem::Problem,
    reach::Reach,
    secrets::SystemSecrets,
    uploads::Uploads,
    webhooks::Webhooks,
    wechat::Wechat,
};
use ::webhooks::HttpSender;
use actix_web::web::block;
use agents::Deadlines;
use attachments::ContentStore;
use events::{AddressPolicy, WebhookPort};
use identity::{
    AuditAction, AuditActor, AuditEntry, AuditReason, NoWechat, Origin, PasswordHasher, Principal,
    SecretSource, WechatPort,
};
use kernel::{Clock, IdSource, Instant, RepositoryError, Scope, SystemClock, SystemIds};
use privacy::RetentionPeriods;
use std::{io, sync::Arc};
use storage::{Database, Session};
use uuid::Uuid;

/// The things that are wired up once, at the start. Clones share them.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn IdSource>,
    /// Randomness for tokens.
    pub secrets: Arc<dyn SecretSource>,
    /// Where passwords are hashed.
    pub passwords: Arc<Passwords>,
    /// Who signs in with WeChat.
    pub wechat: Arc<Wechat>,
    /// Where pictures come in and go out.
    pub uploads: Arc<Uploads>,
    /// How browsers hold their tokens.
    pub cookies: CookieStyle,
    /// The privacy policy in force.
    pub policy: Arc<PrivacyPolicy>,
    /// The erasure log outside the database; without one, no restore is brought level.
    pub erasure_log: Option<Arc<ErasureLog>>,
    /// How long what is personal is kept.
    pub retention: RetentionPeriods,
    /// How long headquarters and applicants are given.
    pub deadlines: Deadlines,
    /// Where orders are placed.
    pub intake: Arc<Intake>,
    /// Who listens to its inbox.
    pub live: Arc<Live>,
    /// Who is told of what happens, by requests of ours.
    pub webhooks: Arc<Webhooks>,
}

/// What a command is carried out with: one open transaction, who asks, and the moment it happens at.
pub struct Work<'a> {
    /// The transaction.
    pub session: &'a mut dyn Session,
    /// Who asks, as this transaction sees them.
    pub principal: &'a Principal,
    /// Where the request came from.
    pub origin: &'a Origin,
    /// Fresh ids.
    pub ids: &'a dyn IdSource,
    /// The moment.
    pub now: Instant,
    reach: Reach,
}

impl Work<'_> {
    /// Whose rows the route reaches for this caller.
    pub fn scope(&self) -> Result<Scope, Problem> {
        self.reach.scope(self.principal)
    }

    /// Writes into the audit log what the caller did, in the transaction that does it.
    pub fn record(
        &mut self,
        action: AuditAction,
        subject: impl Into<Option<Uuid>>,
        reason: Option<AuditReason>,
    ) -> Result<(), RepositoryError> {
        let actor = AuditActor::from(self.principal);
        let entry = AuditEntry {
            subject: subject.into(),
            reason,
            ..AuditEntry::new(self.ids, self.now, action, Some(actor), self.origin)
        };
        self.session.insert_audit_entries(&[entry])
    }

    /// The same work for a part of the command, so that something can follow it.
    pub fn reborrow(&mut self) -> Work<'_> {
        Work {
            session: &mut *self.session,
            principal: self.principal,
            origin: self.origin,
            ids: self.ids,
            now: self.now,
            reach: self.reach,
        }
    }
}

impl State {
    /// What a real server works with, over that database and that store of contents: the machine's clock
    /// and randomness.
    pub fn of_this_machine(database: Database, contents: Arc<dyn ContentStore>) -> io::Result<Self> {
        Self::with(
            database,
            Arc::new(SystemClock),
            Arc::new(SystemIds::new()),
            Arc::new(Argon2Passwords::new()),
            contents,
        )
    }

    /// What a server works with whose time, ids and passwords come from elsewhere, as tests want it. Its privacy policy is
    /// the built-in one, and it has no erasure log.
    pub fn with(
        database: Database,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        hasher: Arc<dyn PasswordHasher>,
        contents: Arc<dyn ContentStore>,
    ) -> io::Result<Self> {
        Ok(Self {
            intake: Arc::new(Intake::open(&database, &clock, &ids)?),
            database,
            clock,
            ids,
            secrets: Arc::new(SystemSecrets),
            passwords: Arc::new(Passwords::new(hasher)),
            wechat: Arc::new(Wechat::new(Arc::new(NoWechat))),
            uploads: Arc::new(Uploads::new(contents)),
            cookies: CookieStyle::default(),
            policy: Arc::new(PrivacyPolicy::built_in()),
            erasure_log: None,
            retention: RetentionPeriods::default(),
            deadlines: Deadlines::default(),
            live: Arc::default(),
            webhooks: Arc::new(Webhooks::new(Arc::new(HttpSender::new(
                AddressPolicy::PublicOnly,
            )))),
        })
    }

    /// The same with WeChat behind that port; without it nobody signs in so.
    #[must_use]
    pub fn with_wechat(self, port: Arc<dyn WechatPort>) -> Self {
        Self {
            wechat: Arc::new(Wechat::new(port)),
            ..self
        }
    }

    /// The same with webhooks behind that port; without it they point to the public internet.
    #[must_use]
    pub fn with_webhooks(self, port: Arc<dyn WebhookPort>) -> Self {
        Self {
            webhooks: Arc::new(Webhooks::new(port)),
            ..self
        }
    }

    /// The same with cookies of that style.
    #[must_use]
    pub fn with_cookies(self, cookies: CookieStyle) -> Self {
        Self { cookies, ..self }
    }

    /// Carries out a command of a signed-in caller in one transaction, off the async threads. The caller's rights are read
    /// again inside it. The closure may run again after a lost race, so it touches nothing outside its session.
    pub async fn command<T, E>(
        &self,
        caller: &Caller,
        command: impl Fn(Work<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + From<RepositoryError> + 'static,
    {
        let (caller, ids) = (caller.clone(), Arc::clone(&self.ids));
        self.write(move |session, now| {
            let principal = caller
                .confirm(session, now)
                .map_err(|unconfirmed| Refusal(unconfirmed.into()))?;
            let work = Work {
                session,
                principal: &principal,
                origin: &caller.origin,
                ids: ids.as_ref(),
                now,
                reach: caller.reach(),
            };
            command(work).map_err(|error| Refusal(error.into()))
        })
        .await
    }

    /// Runs a query of anybody in one read-only transaction, off the async threads.
    pub async fn read<T, E>(
        &self,
        query: impl Fn(&mut dyn Session, Instant) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + From<RepositoryError> + 'static,
    {
        let (database, now) = (self.database.clone(), self.clock.now());
        off_the_async_threads(move || {
            database.read(|session| query(session, now).map_err(|error| Refusal(error.into())))
        })
        .await
    }

    /// Carries out a command that no signed-in caller stands behind, such as signing in.
    pub async fn write<T, E>(
        &self,
        command: impl Fn(&mut dyn Session, Instant) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + From<RepositoryError> + 'static,
    {
        let (database, clock) = (self.database.clone(), Arc::clone(&self.clock));
        off_the_async_threads(move || {
            database.write(|session| command(session, clock.now()).map_err(|error| Refusal(error.into())))
        })
        .await
    }
}

/// A problem on its way out of a transaction.
struct Refusal(Problem);

impl From<RepositoryError> for Refusal {
    fn from(error: RepositoryError) -> Self {
        Self(error.into())
    }
}

impl From<Refusal> for Problem {
    fn from(Refusal(problem): Refusal) -> Self {
        problem
    }
}

async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Problem> {
    match block(work).await {
        Ok(done) => done.map_err(Problem::from),
        // The panic hook has logged where.
        Err(_) => Err(Problem::internal("the database work panicked")),
    }
}
