//! Where a name leads, if it may.

use crate::check;
use events::{AddressPolicy, Failure};
use std::{error::Error, fmt};
use ureq::{
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::NextTimeout,
    },
};

/// The name leads to an address that is not of the public internet.
#[derive(Debug)]
pub(crate) struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the address is not public")
    }
}

impl Error for NotPublic {}

/// Resolves as usual and refuses what the policy does. The client connects to what this answers and asks nobody again.
#[derive(Debug)]
pub(crate) struct CheckedResolver {
    pub(crate) policy: AddressPolicy,
}

impl Resolver for CheckedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        match check(self.policy, &found) {
            Ok(()) => Ok(found),
            Err(Failure::NoSuchHost) => Err(ureq::Error::HostNotFound),
            Err(_) => Err(ureq::Error::Other(Box::new(NotPublic))),
        }
    }
}
