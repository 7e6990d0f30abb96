//! The chain over the audit log: each link is a keyed digest of the entry and of the link before, so that an entry that
//! was changed, put in or taken out afterwards breaks it.
//!
//! Entries are chained a moment after they were committed, by whichever node holds the lease, so that no command waits
//! for another one's entry. The head is told to the log outside the database too: whoever cuts off the end of the chain
//! is found by it.

use crate::{AuditEntry, AuditRepository};
use kernel::{AuditEntryId, RepositoryError};
use std::fmt::Write;

/// Makes the digests. Keyed, so that the database alone is not enough to make a false chain.
pub trait ChainDigest {
    /// A digest of 256 bits over what stands before the entry and the entry itself.
    fn chain_digest(&self, previous: &[u8], entry: &[u8]) -> [u8; 32];
}

/// One link of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainLink {
    /// Its place, from 1 on without a gap.
    pub sequence: i64,
    /// The entry it stands for.
    pub entry_id: AuditEntryId,
    /// The digest of the link before and of the entry.
    pub digest: [u8; 32],
}

impl ChainLink {
    /// The link of an entry, behind the link before it.
    pub fn following(previous: Option<&Self>, entry: &AuditEntry, digest: &dyn ChainDigest) -> Self {
        let before = previous.map_or(&[][..], |link| &link.digest);
        Self {
            sequence: previous.map_or(0, |link| link.sequence).saturating_add(1),
            entry_id: entry.id,
            digest: digest.chain_digest(before, &entry.canonical_bytes()),
        }
    }

    /// The digest in hexadecimal, as the log tells it.
    pub fn digest_text(&self) -> String {
        let mut text = String::with_capacity(2 * self.digest.len());
        for byte in self.digest {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// The chain.
pub trait AuditChainRepository {
    /// At most `limit` entries that are in no link yet, oldest first.
    fn find_unchained_entries(&mut self, limit: u16) -> Result<Vec<AuditEntry>, RepositoryError>;

    /// The newest link.
    fn find_chain_head(&mut self) -> Result<Option<ChainLink>, RepositoryError>;

    /// Appends links for entries that are in none. [`RepositoryError::LostRace`] where another node was faster.
    fn append_chain(&mut self, links: &[ChainLink]) -> Result<(), RepositoryError>;
}

/// Chains at most `limit` entries and answers with the new head; `None` where nothing waited.
pub fn chain_audit_entries(
    session: &mut (impl AuditChainRepository + AuditRepository + ?Sized),
    digest: &dyn ChainDigest,
    limit: u16,
) -> Result<Option<ChainLink>, RepositoryError> {
    let waiting = session.find_unchained_entries(limit)?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let mut head = session.find_chain_head()?;
    let mut links = Vec::with_capacity(waiting.len());
    for entry in &waiting {
        let link = ChainLink::following(head.as_ref(), entry, digest);
        links.push(link);
        head = Some(link);
    }
    session.append_chain(&links)?;
    Ok(head)
}
