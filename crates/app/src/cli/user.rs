//! `catchment user`.

use super::{Failure, place::SealedPlace};
use crate::passwords::Argon2Passwords;
use clap::{Args, Subcommand, ValueEnum};
use identity::{
    AuditAction, AuditEntry, OpenAccount, OpenAccountError, Origin, Password, PasswordHasher, Position, Role,
    Username, open_account,
};
use kernel::{AccountId, Clock, IdSource, PersonName, SystemClock, SystemIds};
use std::io::{self, IsTerminal};

#[derive(Debug, Args)]
pub(super) struct UserCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Open an account for somebody at headquarters.
    Add(Add),
}

#[derive(Debug, Args)]
struct Add {
    /// What they may do.
    #[arg(long, value_enum)]
    role: HeadquartersRole,
    /// What they sign in as.
    #[arg(long, value_name = "NAME")]
    username: String,
    /// What they are called.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Read the password from standard input, one line, instead of asking on the terminal.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    place: SealedPlace,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum HeadquartersRole {
    /// Runs headquarters.
    HqAdmin,
    /// Reviews applications and helps with daily work.
    Operator,
    /// Reads everything, changes nothing.
    Auditor,
}

impl From<HeadquartersRole> for Role {
    fn from(role: HeadquartersRole) -> Self {
        match role {
            HeadquartersRole::HqAdmin => Self::HqAdmin,
            HeadquartersRole::Operator => Self::Operator,
            HeadquartersRole::Auditor => Self::Auditor,
        }
    }
}

impl UserCommand {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Action::Add(add) = self.action;
        add.run()
    }
}

impl Add {
    fn run(self) -> Result<(), Failure> {
        let role = Role::from(self.role);
        let position = Position::at_headquarters(role).ok_or("that role is not one of headquarters'")?;
        let username = Username::parse(&self.username).map_err(|why| format!("--username {why}"))?;
        let name = PersonName::parse(&self.name).map_err(|why| format!("--name {why}"))?;
        let database = self.place.open()?;
        let password = read_password(self.password_stdin)?;
        let password = Password::parse(password).map_err(|why| format!("the password {why}"))?;
        let password_hash = Argon2Passwords::new().hash(&password);
        let (ids, now) = (SystemIds::new(), SystemClock.now());
        let command = OpenAccount {
            id: AccountId::from_uuid(ids.next_uuid(now)),
            username,
            password_hash,
            name,
            privacy_policy_version: None,
            position,
        };
        database.write::<_, OpenAccountError>(|session| {
            let (account, _) = open_account(session, &ids, now, command.clone())?;
            let action = AuditAction::MemberAppointed;
            let entry = AuditEntry::new(&ids, now, action, None, &Origin::default());
            Ok(session.insert_audit_entries(&[entry.about(account.id.as_uuid())])?)
        })?;
        println!("opened {} as {}", command.username, role.name());
        Ok(())
    }
}

/// Asks twice on a terminal, so that a slip of the finger locks nobody out.
fn read_password(from_stdin: bool) -> Result<String, Failure> {
    if from_stdin {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !io::stdin().is_terminal() {
        return Err("there is no terminal to ask for the password on: use --password-stdin".into());
    }
    let password = rpassword::prompt_password("Password: ")?;
    if rpassword::prompt_password("Once more: ")? == password {
        Ok(password)
    } else {
        Err("the two passwords differ".into())
    }
}
