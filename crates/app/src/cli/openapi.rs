//! `catchment openapi`.

use super::Failure;
use crate::openapi::document_json;
use clap::Args;
use std::io::Write;

#[derive(Debug, Args)]
pub(super) struct Openapi {}

impl Openapi {
    #[allow(clippy::unused_self, reason = "every command is run the same way")]
    pub(super) fn run(self) -> Result<(), Failure> {
        Ok(std::io::stdout().write_all(document_json().as_bytes())?)
    }
}
