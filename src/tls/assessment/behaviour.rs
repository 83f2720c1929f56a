//! How a server behaves under the versions that say so in the clear: renegotiation, compression.
//!
//! Invariant: a version of which it is not known whether it is spoken spoils a no, and a yes that is one of all versions. Must
//! never import a folder above `observation`.

use super::{Assessment, any};
use crate::observation::{TlsVersion, VersionSurvey};

impl Assessment<'_> {
    /// Whether RFC 5746 is spoken under every version below TLS 1.3; `None` where that was not seen of one, or there is
    /// none.
    pub fn secure_renegotiation(&self) -> Option<bool> {
        let is_insecure = |known: &VersionSurvey| match known.told.known() {
            Some(false) => Some(false),
            Some(true) => known.secure_renegotiation.map(|secure| !secure),
            None => None,
        };
        let insecure = any(self.clear().map(is_insecure))?;
        self.may_be_clear().then_some(!insecure)
    }

    /// Whether clients may begin a second handshake on a connection, which TLS 1.3 has not; `None` where that was not asked
    /// or cannot be told.
    pub fn client_renegotiation(&self) -> Option<bool> {
        let none = !self.may_be_clear() && self.speaks(TlsVersion::Tls13) == Some(true);
        self.survey.client_renegotiation.known().or(none.then_some(false))
    }

    /// Whether some version takes compression; `None` where it cannot be told.
    pub fn compression(&self) -> Option<bool> {
        any(self.clear().map(|known| match known.told.known() {
            Some(false) => Some(false),
            Some(true) => known.compression.known(),
            None => None,
        }))
    }
}
