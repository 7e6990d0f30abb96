//! People who are signed in.

use super::{Client, TestApp};
use identity::{OpenAccount, OpenAccountError, Password, Position, Role, Username, open_account};
use kernel::{AccountId, Clock, IdSource, PersonName};
use serde_json::{Value, json};

/// The password of everybody in these tests.
pub const PASSWORD: &str = "correct horse";

impl TestApp {
    /// A client signed in as a new customer of that user name, and what registering answered.
    pub fn customer(&self, username: &str) -> (Client, Value) {
        let form = json!({
            "username": username,
            "password": PASSWORD,
            "name": "张三",
            "privacy_policy_version": "2026-11",
        });
        let signed_in = self.client().post("/api/v1/auth/register", &form).expect(201);
        (self.bearing(&signed_in), signed_in)
    }

    /// A client signed in at headquarters. One for each role.
    pub fn headquarters(&self, role: Role) -> Client {
        self.account(role.name(), Position::at_headquarters(role).unwrap())
    }

    /// A client signed in with a new account in any position.
    pub fn account(&self, username: &str, position: Position) -> Client {
        let now = self.clock.now();
        let command = OpenAccount {
            id: AccountId::from_uuid(self.state.ids.next_uuid(now)),
            username: Username::parse(username).unwrap(),
            password_hash: identity::PasswordHasher::hash(
                &testing::PlainPasswords,
                &Password::parse(PASSWORD.to_owned()).unwrap(),
            ),
            name: PersonName::parse("李四").unwrap(),
            privacy_policy_version: None,
            position,
        };
        self.state
            .database
            .write::<_, OpenAccountError>(|session| {
                open_account(session, self.state.ids.as_ref(), now, command.clone())
            })
            .unwrap();
        self.login(username)
    }

    /// A client that signs in anew, in whatever is now the first choice of the account.
    pub fn login(&self, username: &str) -> Client {
        let credentials = json!({ "username": username, "password": PASSWORD });
        let signed_in = self.client().post("/api/v1/auth/login", &credentials).expect(200);
        self.bearing(&signed_in)
    }

    /// A client signed in with the tokens of that answer.
    pub fn bearing(&self, signed_in: &Value) -> Client {
        self.client().bearing(signed_in["access_token"].as_str().unwrap())
    }
}
