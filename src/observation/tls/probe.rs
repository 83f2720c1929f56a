//! What is asked of a TLS port: one handshake, or a survey.
//!
//! Must never import anything but this folder.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::TlsVersion;

/// A TLS handshake by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TlsProbe {
    /// Name or address, an IPv6 address without brackets.
    pub host: Arc<str>,
    /// The port.
    pub port: u16,
    /// The name sent and judged instead of the host's.
    pub name: Option<Arc<str>>,
    /// Whether no name is sent (SNI); the certificate is judged for the name all the same.
    pub nameless: bool,
    /// The lowest version that may be chosen; where it is none, TLS 1.0, or `most` where that is older.
    pub least: Option<TlsVersion>,
    /// The highest version offered; TLS 1.3 where it is none.
    pub most: Option<TlsVersion>,
    /// The cipher suites offered, by their IANA numbers; empty: the usual ones.
    pub ciphers: Vec<u16>,
    /// The groups offered for the key exchange, by their IANA numbers; empty: the usual ones.
    pub groups: Vec<u16>,
    /// The application protocols offered (ALPN); empty: the extension is not sent.
    pub alpn: Vec<Arc<str>>,
}

impl TlsProbe {
    /// The suites with which handshakes are made to their end; others below TLS 1.3 are offered in a hello by hand, whose
    /// answer is read as far as it is in the clear.
    pub const WHOLE_SUITES: [u16; 9] = [0x1301, 0x1302, 0x1303, 0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9];
    /// The groups with which handshakes are made to their end.
    pub const WHOLE_GROUPS: [u16; 3] = [0x0017, 0x0018, 0x001D];

    /// The ordinary handshake with a port.
    pub fn of(host: Arc<str>, port: u16) -> Self {
        let (ciphers, groups, alpn) = (Vec::new(), Vec::new(), Vec::new());
        Self { host, port, name: None, nameless: false, least: None, most: None, ciphers, groups, alpn }
    }

    /// Whether it offers what is usual, whatever the name.
    pub fn is_ordinary(&self) -> bool {
        let usual = Self { name: self.name.clone(), ..Self::of(Arc::clone(&self.host), self.port) };
        *self == usual
    }
}

/// A survey of what a port speaks: many hellos, few handshakes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TlsSurveyProbe {
    /// Name or address, an IPv6 address without brackets.
    pub host: Arc<str>,
    /// The port.
    pub port: u16,
    /// The name sent and judged instead of the host's.
    pub name: Option<Arc<str>>,
    /// How much is asked.
    pub depth: SurveyDepth,
    /// The protocol that is upgraded to TLS first; `None` where TLS is spoken at once.
    pub starttls: Option<StartTls>,
}

/// How a host's TLS is surveyed, whichever rule asks for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SurveyWish {
    /// How much is asked.
    pub depth: SurveyDepth,
    /// The protocol that is upgraded to TLS first.
    pub starttls: Option<StartTls>,
}

/// How much a survey asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SurveyDepth {
    /// What rules about protocols, certificates and weak suites need: about six connections.
    #[default]
    Quick,
    /// Everything that hellos can tell.
    Full,
    /// The JARM fingerprint alone: ten hellos. Not for users to ask for: it finds no fault.
    Jarm,
}

impl SurveyDepth {
    /// Every depth that users can ask for.
    pub const ALL: [Self; 2] = [Self::Quick, Self::Full];

    /// The depth of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|depth| depth.name() == name)
    }

    /// The name as options and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
            Self::Jarm => "jarm",
        }
    }
}

/// A protocol that is spoken in the clear until the client asks for TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartTls {
    /// SMTP (RFC 3207).
    Smtp,
    /// IMAP (RFC 9051 §6.2.1).
    Imap,
    /// POP3 (RFC 2595 §4).
    Pop3,
    /// FTP (RFC 4217).
    Ftp,
    /// LDAP (RFC 4511 §4.14).
    Ldap,
    /// PostgreSQL's SSLRequest.
    Postgres,
    /// MySQL's and MariaDB's SSL request packet.
    Mysql,
    /// XMPP from a client (RFC 6120 §5).
    Xmpp,
}

impl StartTls {
    /// The protocol of a target's scheme.
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|protocol| protocol.name().eq_ignore_ascii_case(scheme))
            .or_else(|| scheme.eq_ignore_ascii_case("postgresql").then_some(Self::Postgres))
    }

    /// Every protocol.
    pub const ALL: [Self; 8] =
        [Self::Smtp, Self::Imap, Self::Pop3, Self::Ftp, Self::Ldap, Self::Postgres, Self::Mysql, Self::Xmpp];

    /// The name, which is the scheme of targets too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Ftp => "ftp",
            Self::Ldap => "ldap",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Xmpp => "xmpp",
        }
    }

    /// The port that is usual for it.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::Smtp => 25,
            Self::Imap => 143,
            Self::Pop3 => 110,
            Self::Ftp => 21,
            Self::Ldap => 389,
            Self::Postgres => 5432,
            Self::Mysql => 3306,
            Self::Xmpp => 5222,
        }
    }

    /// The protocol that is usual at a port.
    pub fn of_port(port: u16) -> Option<Self> {
        match port {
            587 => Some(Self::Smtp),
            _ => Self::ALL.into_iter().find(|protocol| protocol.usual_port() == port),
        }
    }
}
