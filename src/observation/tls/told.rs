//! What a server said to a question: yes, no, or nothing that can be relied on.
//!
//! Invariant: silence, resets and broken bytes are never a no. Must never import anything but this folder.

use serde::{Deserialize, Serialize};

use super::{StartTls, TlsVersion};

/// A server's word on one thing that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// It took it.
    Accepted,
    /// It said no.
    Refused(Refusal),
    /// It cannot be told.
    Unknown(Unheard),
}

impl Default for Told {
    fn default() -> Self {
        Self::Unknown(Unheard::NotAsked)
    }
}

impl Told {
    /// `Some(true)` where it was accepted, `Some(false)` where it was refused.
    pub fn known(self) -> Option<bool> {
        match self {
            Self::Accepted => Some(true),
            Self::Refused(_) => Some(false),
            Self::Unknown(_) => None,
        }
    }

    /// Whether it was accepted for certain.
    pub fn is_accepted(self) -> bool {
        self == Self::Accepted
    }

    /// Whether it was refused for certain.
    pub fn is_refused(self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// How a server said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// With an alert of this description (RFC 8446 §6).
    Alert(u8),
    /// By closing the connection in order, without a word.
    Closed,
    /// By going on with an older version.
    Older(TlsVersion),
    /// By going on without it, where it is an option rather than a need.
    Ignored,
}

/// Why it cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unheard {
    /// It was not asked: the survey is a quick one, or there is nothing to ask it of.
    NotAsked,
    /// No answer in time.
    TimedOut,
    /// The connection was reset.
    Reset,
    /// The server wants an application protocol, and none was offered (ALPN).
    Protocol,
    /// No connection came about, though others did.
    NoConnection,
    /// The connection was refused: nobody listens there.
    Shut,
    /// The answer breaks the protocol: something was chosen that was not offered, or the bytes are no messages.
    Lied,
    /// A bound of the survey was reached: hellos, bytes or time.
    Bound,
    /// It was refused as hellos by hand are refused here that ask for what the server is known to take: something on the way
    /// does not let them through.
    Blocked,
}

/// What `TLS_FALLBACK_SCSV` does (RFC 7507).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fallback {
    /// The server ends a handshake that was made to fall back (alert 86).
    Protected,
    /// The server goes on as if nothing were the matter.
    Unprotected,
    /// There is nothing to fall back to: one version only, or none below TLS 1.3 beside it.
    NotNeeded,
    /// It was not asked or cannot be told.
    #[default]
    Unknown,
}

/// What a port does that does not speak TLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotTls {
    /// It answers with something else; the first bytes of it, at most 64.
    Plaintext(bytes::Bytes),
    /// It closes the connection at every hello.
    Closes,
    /// It resets the connection at every hello.
    Resets,
    /// It accepts connections and says nothing.
    Silent,
    /// The upgrade to TLS (STARTTLS) is refused or goes wrong; what the server said, at most 256 characters.
    NoUpgrade(String),
    /// The server puts us off before TLS, every time; what it said, at most 256 characters.
    PutsOff(String),
    /// It does not speak the protocol that was to be upgraded to TLS, or not in time.
    Mute(StartTls),
}

impl NotTls {
    /// In words of ours.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Plaintext(_) => "the port speaks something else than TLS",
            Self::Closes => "the port closes every connection at the first hello of TLS",
            Self::Resets => "the port resets every connection at the first hello of TLS",
            Self::Silent => "the port accepts connections and does not answer a hello of TLS",
            Self::NoUpgrade(_) => "the server does not upgrade the connection to TLS",
            Self::PutsOff(_) => "the server puts us off before the connection is upgraded to TLS",
            Self::Mute(StartTls::Smtp) => "the server does not greet as SMTP in time",
            Self::Mute(StartTls::Imap) => "the server does not greet as IMAP in time",
            Self::Mute(StartTls::Pop3) => "the server does not greet as POP3 in time",
            Self::Mute(StartTls::Ftp) => "the server does not greet as FTP in time",
            Self::Mute(StartTls::Mysql) => "the server does not greet as MySQL in time",
            Self::Mute(StartTls::Ldap) => "the server does not answer as LDAP in time",
            Self::Mute(StartTls::Postgres) => "the server does not answer as PostgreSQL in time",
            Self::Mute(StartTls::Xmpp) => "the server does not answer as XMPP in time",
        }
    }
}
