//! The named accounts: the only ones with a password.

use super::{DemoError, cast, random::Random};
use crate::policy::BUILT_IN_VERSION;
use customers::{AddressInput, CreateCustomer, create_customer};
use identity::{
    Account, Consent, ConsentOccasion, Membership, OpenAccount, Password, PasswordHash, PasswordHasher,
    Position, PrivacyPolicyVersion, Username, open_account,
};
use kernel::{AccountId, AgentId, CourierId, IdSource, Instant, MembershipId, PersonName, Scope};
use orders::{CourierDraft, hire_courier};
use regions::DivisionTree;
use std::collections::BTreeMap;
use storage::Session;

/// The password of every demo account.
pub(crate) const DEMO_PASSWORD: &str = "catchment-demo";

/// The version of the privacy policy that everybody in the demo agreed to.
pub(super) const DEMO_PRIVACY_POLICY: &str = BUILT_IN_VERSION;

/// The demo accounts: user name, name, and what each is, for the page and the terminal.
pub(crate) const DEMO_ACCOUNTS: [(&str, &str, &str); 9] = [
    ("hq", "总部管理员", "headquarters, 总部"),
    ("operator", "审核员小周", "reviews applications, 审核员"),
    ("auditor", "审计员老郑", "reads only, 审计员"),
    ("zhejiang", "钱塘江", "province agent of 330000 浙江省"),
    ("hangzhou", "苏堤春", "city agent of 330100 杭州市"),
    ("xihu", "林西湖", "county agent of 330106 西湖区"),
    ("xihu-courier", "赵快腿", "courier of xihu, 送水员"),
    ("customer", "李雷", "customer in 330106, 客户"),
    ("applicant", "韩梅梅", "has applied, 申请人"),
];

/// Accounts by user name.
pub(super) type Accounts = BTreeMap<&'static str, AccountId>;

/// Whether the demo accounts are there.
pub(super) fn are_there(session: &mut (dyn Session + 'static)) -> Result<bool, DemoError> {
    let username = Username::parse("xihu-courier").map_err(DemoError::refused)?;
    Ok(session.find_account_by_username(&username)?.is_some())
}

pub(super) fn hash_password(hasher: &dyn PasswordHasher) -> Result<PasswordHash, DemoError> {
    Ok(hasher.hash(&Password::parse(DEMO_PASSWORD.to_owned()).map_err(DemoError::refused)?))
}

/// Opens the accounts whose place in the company is known from the start: those of headquarters, and those that apply.
pub(super) fn open(
    session: &mut dyn Session,
    ids: &dyn IdSource,
    founded: Instant,
    password_hash: &PasswordHash,
) -> Result<Accounts, DemoError> {
    DEMO_ACCOUNTS
        .into_iter()
        .filter_map(|(username, name, _)| {
            let position = match username {
                "hq" => Position::HqAdmin,
                "operator" => Position::Operator,
                "auditor" => Position::Auditor,
                "zhejiang" | "hangzhou" | "xihu" | "applicant" => Position::Applicant,
                _ => return None,
            };
            Some(
                open_named(session, ids, founded, password_hash, (username, name), position)
                    .map(|id| (username, id)),
            )
        })
        .collect()
}

fn open_named(
    session: &mut dyn Session,
    ids: &dyn IdSource,
    founded: Instant,
    password_hash: &PasswordHash,
    (username, name): (&str, &str),
    position: Position,
) -> Result<AccountId, DemoError> {
    let command = OpenAccount {
        id: AccountId::from_uuid(ids.next_uuid(founded)),
        username: Username::parse(username).map_err(DemoError::refused)?,
        password_hash: password_hash.clone(),
        name: PersonName::parse(name).map_err(DemoError::refused)?,
        privacy_policy_version: Some(
            PrivacyPolicyVersion::parse(DEMO_PRIVACY_POLICY).map_err(DemoError::refused)?,
        ),
        position,
    };
    let (account, _) = open_account(session, ids, founded, command).map_err(DemoError::refused)?;
    Ok(account.id)
}

/// An account without a user name, for an applicant who never signs in.
pub(super) fn open_silent(
    session: &mut dyn Session,
    ids: &dyn IdSource,
    at: Instant,
    name: &str,
) -> Result<AccountId, DemoError> {
    let account = Account {
        id: AccountId::from_uuid(ids.next_uuid(at)),
        username: None,
        name: PersonName::parse(name).map_err(DemoError::refused)?,
        password_hash: None,
        privacy_policy_version: Some(
            PrivacyPolicyVersion::parse(DEMO_PRIVACY_POLICY).map_err(DemoError::refused)?,
        ),
        disabled_at: None,
        created_at: at,
        version: 1,
    };
    let membership = Membership {
        id: MembershipId::from_uuid(ids.next_uuid(at)),
        account_id: account.id,
        position: Position::Applicant,
        created_at: at,
        ended_at: None,
    };
    session.insert_accounts(std::slice::from_ref(&account))?;
    session.insert_memberships(std::slice::from_ref(&membership))?;
    if let Some(version) = account.privacy_policy_version {
        let consent = Consent::new(ids, at, account.id, version, ConsentOccasion::Registration);
        session.insert_consents(&[consent])?;
    }
    Ok(account.id)
}

/// Opens the accounts of people who work for or order from an agent that is there by now: the courier and the customer
/// of 330106.
pub(super) fn employ(
    session: &mut dyn Session,
    tree: &DivisionTree,
    random: &mut Random,
    founded: Instant,
    password_hash: &PasswordHash,
) -> Result<(), DemoError> {
    let xihu = "330106".parse().map_err(DemoError::refused)?;
    let agent_id: AgentId = session.territory_map()?.responsible(tree, xihu, founded).agent_id;
    for (username, name, _) in DEMO_ACCOUNTS {
        match username {
            "xihu-courier" => {
                let draft = CourierDraft {
                    name: name.to_owned(),
                    phone: cast::mobile(random),
                };
                let mut courier = hire_courier(session, random, founded, agent_id, None, &draft)
                    .map_err(DemoError::refused)?;
                let courier_id: CourierId = courier.id;
                let position = Position::Courier { agent_id, courier_id };
                let named = (username, name);
                courier.account_id = Some(open_named(
                    session,
                    random,
                    founded,
                    password_hash,
                    named,
                    position,
                )?);
                courier.version += 1;
                orders::CourierRepository::save_courier(session, &courier)?;
            }
            "customer" => {
                let command = CreateCustomer {
                    scope: Scope::Agent(agent_id),
                    account_id: None,
                    name: name.to_owned(),
                    phone: Some(cast::mobile(random)),
                    address: Some(AddressInput {
                        division_code: "330106".to_owned(),
                        detail: cast::address(random),
                        contact_name: name.to_owned(),
                        contact_phone: cast::mobile(random),
                        longitude: Some(120.130_663),
                        latitude: Some(30.259_924),
                    }),
                };
                let mut customer = create_customer(session, tree, random, founded, &command)
                    .map_err(DemoError::refused)?
                    .customer;
                let position = Position::Customer(customer.id);
                customer.account_id = Some(open_named(
                    session,
                    random,
                    founded,
                    password_hash,
                    (username, name),
                    position,
                )?);
                session.save_customer(&customer)?;
            }
            _ => {}
        }
    }
    Ok(())
}
