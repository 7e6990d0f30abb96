//! The code of an invitation.

use crate::SecretSource;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::AgentId;
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

const AGENT_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;

/// A code as its bearer holds it: the agent's id and 256 random bits, in URL-safe base64. Debug output hides it.
///
/// The agent's id is inside so that the invitation is found on the shard of its agent.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode(String);

impl InvitationCode {
    /// A fresh code of that agent.
    pub(super) fn generate(secrets: &dyn SecretSource, agent_id: AgentId) -> (Self, InvitationDigest) {
        let mut bytes = [0; AGENT_BYTES + SECRET_BYTES];
        let (agent, secret) = bytes.split_at_mut(AGENT_BYTES);
        agent.copy_from_slice(agent_id.as_uuid().as_bytes());
        secrets.fill(secret);
        let digest = InvitationDigest {
            agent_id,
            sha256: Sha256::digest(bytes).into(),
        };
        (Self(URL_SAFE_NO_PAD.encode(bytes)), digest)
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

/// What we know a code by: its agent and its SHA-256. Slow hashing would add nothing to 256 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvitationDigest {
    agent_id: AgentId,
    sha256: [u8; 32],
}

impl InvitationDigest {
    /// The digest of what somebody presented; `None` if that cannot be a code of ours.
    pub fn of(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (agent, secret) = bytes.split_first_chunk::<AGENT_BYTES>()?;
        (secret.len() == SECRET_BYTES).then(|| Self {
            agent_id: AgentId::from_uuid(Uuid::from_bytes(*agent)),
            sha256: Sha256::digest(&bytes).into(),
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

    struct Sevens;

    impl SecretSource for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_code_is_known_by_its_agent_and_digest() {
        let agent_id = AgentId::from_uuid(Uuid::from_u128(42));
        let (code, digest) = InvitationCode::generate(&Sevens, agent_id);
        assert_eq!(InvitationDigest::of(code.expose()), Some(digest));
        assert_eq!(InvitationDigest::from_row(agent_id, *digest.sha256()), digest);
        assert_eq!(digest.agent_id(), agent_id);
        assert_eq!(format!("{code:?}"), "InvitationCode(hidden)");
    }

    #[test]
    fn what_cannot_be_a_code_has_no_digest() {
        let (code, _) = InvitationCode::generate(&Sevens, AgentId::HEADQUARTERS);
        let long = format!("{}AAAA", code.expose());
        for text in ["", "x", "???", code.expose().split_at(40).0, &long] {
            assert_eq!(InvitationDigest::of(text), None, "{text}");
        }
    }
}
