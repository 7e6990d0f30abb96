//! The consent of a holder: others may be appointed in a part of its exclusive territory.

use crate::DivisionLevel;
use kernel::{DivisionCode, HolderConsentId, Instant, Period};

/// The holder of an exclusive territory lets others in: over one division inside it, on that division's level and below,
/// for a period. Its own level stays its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HolderConsent {
    /// Its own id.
    pub id: HolderConsentId,
    /// Where others may be appointed.
    pub division_code: DivisionCode,
    /// The division's level in the edition that the consent was given in; it holds from there downwards.
    pub level: DivisionLevel,
    /// While others may be appointed there.
    pub validity: Period,
    /// When it was given.
    pub given_at: Instant,
}
