//! Hellos of a survey: what each offers, and what an answer to it means.
//!
//! Takes a plan, gives the hello; takes what was heard, gives what was said. Invariant: an answer that chooses what was
//! not offered is a lie and never an acceptance. Must never open a socket.

use super::super::flight::{Answer, Until};
use super::super::hello::{ClientHello, Extension, FALLBACK, NO_RENEGOTIATION};
use super::catalogue;
use crate::observation::{Refusal, TlsVersion, Told};

/// Alerts that say that this very version is not spoken.
pub const PROTOCOL_VERSION: u8 = 70;
/// The alert that answers `TLS_FALLBACK_SCSV` (RFC 7507).
pub const INAPPROPRIATE_FALLBACK: u8 = 86;

/// Compression methods that are offered where it is asked for: DEFLATE and LZS, and none.
const COMPRESSIONS: [u8; 3] = [1, 64, 0];

/// What a hello offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The lowest version that counts as an acceptance.
    pub least: TlsVersion,
    /// The version offered.
    pub version: TlsVersion,
    /// Suites.
    pub suites: Vec<u16>,
    /// Groups; empty: all that the version has.
    pub groups: Vec<u16>,
    /// Schemes of signatures; empty: all.
    pub schemes: Vec<u16>,
    /// Application protocols.
    pub alpn: Vec<&'static str>,
    /// Whether the name is not sent.
    pub nameless: bool,
    /// Whether the hello says that it made itself older than it is.
    pub fallback: bool,
    /// Whether the hello stays as short as it is.
    pub unpadded: bool,
    /// How much of the answer is wanted.
    pub until: Until,
}

impl Plan {
    /// A hello of one version with these suites.
    pub fn of(version: TlsVersion, suites: Vec<u16>) -> Self {
        Self {
            least: version,
            version,
            suites,
            groups: Vec::new(),
            schemes: Vec::new(),
            alpn: Vec::new(),
            nameless: false,
            fallback: false,
            unpadded: false,
            until: Until::Hello,
        }
    }

    /// The hello, with the name where there is one to send.
    pub fn hello(&self, name: Option<&str>, random: [u8; 32]) -> ClientHello {
        let mut hello = ClientHello::of(self.version, random);
        let name = name.filter(|_| !self.nameless);
        hello.suites.clone_from(&self.suites);
        if self.fallback {
            hello.suites.push(FALLBACK);
        }
        match self.version {
            TlsVersion::Tls13 => {
                // As middleboxes like it (RFC 8446 §D.4).
                hello.session_id = random.to_vec();
                hello.extensions = self.new_extensions(name);
            }
            TlsVersion::Ssl20 | TlsVersion::Ssl30 => hello.compressions = COMPRESSIONS.to_vec(),
            _ => {
                hello.compressions = COMPRESSIONS.to_vec();
                hello.extensions = self.old_extensions(name);
            }
        }
        if self.version < TlsVersion::Tls10 {
            hello.suites.push(NO_RENEGOTIATION);
        }
        if hello.has_dropped_length() && !self.unpadded { hello.padded() } else { hello }
    }

    fn old_extensions(&self, name: Option<&str>) -> Vec<Extension> {
        let mut all: Vec<Extension> = name.map(|name| Extension::ServerName(name.to_owned())).into_iter().collect();
        let details = [Extension::ExtendedMasterSecret, Extension::Renegotiation];
        all.extend(details);
        all.push(Extension::Groups(self.groups()));
        all.push(Extension::PointFormats);
        all.push(Extension::SessionTicket(Vec::new()));
        all.push(Extension::EncryptThenMac);
        all.extend(self.protocols());
        // Never last: some servers refuse a hello that ends in an empty extension.
        all.push(Extension::Timestamps);
        all.push(Extension::StatusRequest);
        if self.version == TlsVersion::Tls12 {
            all.push(Extension::Schemes(self.schemes()));
        }
        all
    }

    fn new_extensions(&self, name: Option<&str>) -> Vec<Extension> {
        let mut all: Vec<Extension> = name.map(|name| Extension::ServerName(name.to_owned())).into_iter().collect();
        all.push(Extension::Groups(self.groups()));
        all.extend(self.protocols());
        all.push(Extension::StatusRequest);
        all.push(Extension::Schemes(self.schemes()));
        all.push(Extension::Versions(vec![TlsVersion::Tls13.number()]));
        all.push(Extension::PskModes);
        // Empty: the server then asks for a share of the group that it wants, without any cryptography of ours.
        all.push(Extension::KeyShare(Vec::new()));
        all
    }

    fn protocols(&self) -> Option<Extension> {
        let list: Vec<Vec<u8>> = self.alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        (!list.is_empty()).then_some(Extension::Alpn(list))
    }

    fn groups(&self) -> Vec<u16> {
        if self.groups.is_empty() { catalogue::groups(self.version) } else { self.groups.clone() }
    }

    fn schemes(&self) -> Vec<u16> {
        if self.schemes.is_empty() { catalogue::SCHEMES.to_vec() } else { self.schemes.clone() }
    }

    /// What an answer to this hello comes to; nothing where it is a lie.
    pub fn weigh(&self, answer: &Answer) -> Option<Told> {
        let hello = answer.hello.as_ref()?;
        let version = TlsVersion::of_number(hello.version())?;
        if version > self.version {
            return None;
        }
        if version < self.least {
            return Some(Told::Refused(Refusal::Older(version)));
        }
        self.suites.contains(&hello.suite).then_some(Told::Accepted)
    }
}
