//! What is known of an uploaded picture beside its content.

use crate::ContentKey;
use kernel::{AccountId, AgentId, ApplicationId, AttachmentId, Instant};
use uuid::Uuid;

/// What a picture is kept as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// A photograph.
    Jpeg,
    /// A scan or a drawing.
    Png,
}

impl MediaType {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Jpeg, Self::Png];

    /// The registered name (RFC 2046), also the stored form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The media type of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media_type| media_type.name() == name)
    }

    /// The usual ending of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// Where a picture stands. From every state it may become discarded, and from there it only goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentState {
    /// The row is there, the content not yet.
    Uploading,
    /// The content is there too; nothing refers to it yet.
    Stored,
    /// Part of an application, for as long as that is kept.
    Attached {
        /// The application.
        application_id: ApplicationId,
    },
    /// Part of a record that concerns an agent, such as a deduction from its deposit, for good.
    Recorded {
        /// The agent.
        agent_id: AgentId,
        /// The record, in whatever table it is.
        record_id: Uuid,
    },
    /// Nobody can read it any more: its content's key is gone. Content and row are about to go.
    Discarded,
}

impl AttachmentState {
    /// The stable name, also the stored form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Stored => "stored",
            Self::Attached { .. } => "attached",
            Self::Recorded { .. } => "recorded",
            Self::Discarded => "discarded",
        }
    }

    /// Whether it counts against [`crate::MAXIMUM_UNATTACHED`], and goes when it is old.
    pub const fn is_unattached(self) -> bool {
        matches!(self, Self::Uploading | Self::Stored)
    }
}

/// An uploaded picture without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its id, also the name of its content.
    pub id: AttachmentId,
    /// The account that uploaded it.
    pub account_id: AccountId,
    /// What the content is.
    pub media_type: MediaType,
    /// The size of the content in bytes, before it is sealed.
    pub bytes: u32,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// What its content is sealed with, and nothing else is.
    pub content_key: ContentKey,
    /// Where it stands.
    pub state: AttachmentState,
    /// When the upload began.
    pub created_at: Instant,
}
