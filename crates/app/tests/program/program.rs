//! How the tests start the program.

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// What is refused is refused soon. A server that starts after all would run until somebody ends it.
const REFUSED_WITHIN: Duration = Duration::from_secs(20);

/// The program in that folder, where its database and its keys are.
pub fn catchment(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_catchment"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("CATCHMENT_DATABASE_URL", "sqlite://catchment.db")
        .env("CATCHMENT_KEY_FILE", "keys.toml")
        .env("CATCHMENT_LISTEN", "127.0.0.1:0");
    command
}

/// Runs the program to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    catchment(folder, arguments).output().unwrap()
}

/// Runs what must succeed, and answers what it said.
pub fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs what must fail, and answers what it said.
pub fn refused(folder: &Path, arguments: &[&str]) -> String {
    refused_command(&mut catchment(folder, arguments))
}

/// Runs what must fail, and answers what it said.
pub fn refused_command(command: &mut Command) -> String {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut program = command.stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while program.try_wait().unwrap().is_none() {
        if begun.elapsed() > REFUSED_WITHIN {
            program.kill().unwrap();
            panic!("not refused: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let output = program.wait_with_output().unwrap();
    assert!(!output.status.success(), "{command:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Asks a server to stop.
pub fn terminate(server: &Child) {
    let id = server.id().to_string();
    let asked = Command::new("kill").args(["-TERM", &id]).status();
    assert!(asked.unwrap().success());
}

/// The address in the line of the log that tells where a server listens.
pub fn listening(lines: &mut impl Iterator<Item = String>) -> String {
    let line = lines.find(|line| line.contains("\"listening\"")).unwrap();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    line["address"].as_str().unwrap().to_owned()
}
