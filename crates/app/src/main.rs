//! The `catchment` program. All of it is in the library, so that tests can run the same.

use std::process::ExitCode;

fn main() -> ExitCode {
    app::cli::main()
}
