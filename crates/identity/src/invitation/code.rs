//! The code of an invitation.

use crate::{SecretSource, bearer_secret};
use kernel::AgentId;
use std::fmt;

/// A code as its bearer holds it. Debug output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode(String);

impl InvitationCode {
    /// A fresh code of that agent.
    pub(super) fn generate(secrets: &dyn SecretSource, agent_id: AgentId) -> (Self, InvitationDigest) {
        let (text, sha256) = bearer_secret::generate(secrets, agent_id.as_uuid());
        (Self(text), InvitationDigest { agent_id, sha256 })
    }

    /// The text. For the bearer only, and once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InvitationCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("InvitationCode(hidden)")
    }
}

/// What we know a code by: its agent and its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvitationDigest {
    agent_id: AgentId,
    sha256: [u8; 32],
}

impl InvitationDigest {
    /// The digest of what somebody presented; `None` if that cannot be a code of ours.
    pub fn of(text: &str) -> Option<Self> {
        bearer_secret::digest(text).map(|(agent, sha256)| Self {
            agent_id: AgentId::from_uuid(agent),
            sha256,
        })
    }

    /// A digest read from its row.
    pub const fn from_row(agent_id: AgentId, sha256: [u8; 32]) -> Self {
        Self { agent_id, sha256 }
    }

    /// The agent that the code claims to be of; only a stored invitation proves it.
    pub const fn agent_id(&self) -> AgentId {
        self.agent_id
    }

    /// The SHA-256 of the code's bytes.
    pub const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bearer_secret::tests::Sevens;
    use uuid::Uuid;

    #[test]
    fn a_code_is_known_by_its_agent_and_digest() {
        let agent_id = AgentId::from_uuid(Uuid::from_u128(42));
        let (code, digest) = InvitationCode::generate(&Sevens, agent_id);
        assert_eq!(InvitationDigest::of(code.expose()), Some(digest));
        assert_eq!(InvitationDigest::from_row(agent_id, *digest.sha256()), digest);
        assert_eq!(digest.agent_id(), agent_id);
        assert_eq!(format!("{code:?}"), "InvitationCode(hidden)");
    }
}
