//! The command line.

mod check;
mod demo;
mod erasures;
pub(crate) mod keys;
mod migrate;
mod openapi;
mod place;
mod retention;
mod serve;
mod user;
mod wechat;

pub(crate) use place::ERASURE_LOG;

use clap::{Parser, Subcommand};
use std::{fmt, process::ExitCode};

/// Catchment, the regional-agent system (区域代理).
#[derive(Debug, Parser)]
#[command(name = "catchment", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring up the demo company on this machine: an embedded database, half a year of orders, page and API.
    Demo(demo::Demo),
    /// Serve in production, configured by a TOML file and CATCHMENT_* in the environment.
    Serve(serve::Serve),
    /// Bring the database's schema up to this program's.
    Migrate(migrate::Migrate),
    /// Check that every balance and state is what it is derived from; exits with 1 where one is not. Also beside a server.
    Check(check::Check),
    /// Make the keys that seal personal data.
    Keys(keys::KeysCommand),
    /// Bring a database restored from a backup level with the erasure log.
    Erasures(erasures::ErasuresCommand),
    /// Remove what has been kept for long enough.
    Retention(retention::RetentionCommand),
    /// Open accounts.
    User(user::UserCommand),
    /// Print the OpenAPI 3.1 document.
    Openapi(openapi::Openapi),
}

/// Why a command did not do its work, with what to do about it: lines for a person at a terminal.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl<E: fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Runs what the arguments say. Exits with 0 when done, 1 when it failed, 2 when the arguments make no sense.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Keys(command) => command.run(),
        Command::Erasures(command) => command.run(),
        Command::Retention(command) => command.run(),
        Command::User(command) => command.run(),
        Command::Openapi(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            eprintln!("catchment: {why}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
