//! What agreements promise.

use crate::{Store, build::agents::account_id, instant};
use identity::{Account, AccountRepository, Consent, ConsentOccasion, ConsentRepository};
use kernel::{ConsentId, PersonName, RepositoryError, Text};
use uuid::Uuid;

fn account(number: u16) -> Account {
    Account {
        id: account_id(number),
        username: None,
        name: PersonName::parse("张三").unwrap(),
        password_hash: None,
        privacy_policy_version: Some(Text::parse("2026-11").unwrap()),
        disabled_at: None,
        created_at: instant("2026-11-22T08:00:00Z"),
        version: 1,
    }
}

fn consent(id: u128, account: u16, at: &str, occasion: ConsentOccasion) -> Consent {
    Consent {
        id: ConsentId::from_uuid(Uuid::from_u128(id)),
        account_id: account_id(account),
        version: Text::parse("2026-11").unwrap(),
        at: instant(at),
        occasion,
    }
}

/// Every agreement of an account comes back, oldest first, and nobody else's.
pub fn agreements_come_back_oldest_first<S: Store>(store: &S)
where
    S::Session: AccountRepository + ConsentRepository,
{
    let renewed = consent(1, 1, "2026-11-22T10:00:00Z", ConsentOccasion::Renewal);
    let registered = consent(2, 1, "2026-11-22T08:00:00Z", ConsentOccasion::Registration);
    let applied = consent(3, 1, "2026-11-22T09:00:00.000001Z", ConsentOccasion::Application);
    let other = consent(4, 2, "2026-11-22T08:00:00Z", ConsentOccasion::Registration);
    let listed = store
        .write::<_, RepositoryError>(|session| {
            session.insert_accounts(&[account(1), account(2)])?;
            session.insert_consents(&[renewed.clone(), registered.clone()])?;
            session.insert_consents(&[other.clone(), applied.clone()])?;
            session.list_consents(account_id(1))
        })
        .unwrap();
    assert_eq!(listed, [registered.clone(), applied.clone(), renewed.clone()]);
}
