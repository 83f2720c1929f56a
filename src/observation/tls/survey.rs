//! What a survey of one port brought back.
//!
//! Invariant: a survey is whole in itself; what a quick one does not ask is `NotAsked` or `None`. Must never import
//! anything but this folder.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{
    ChainJudgement, ClientCertificate, Fallback, NotTls, Resumption, Revocation, StartTls, SurveyDepth, TlsSession,
    TlsVersion, Told,
};

/// Everything that is known of TLS on one port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsSurvey {
    /// How much was asked.
    pub depth: SurveyDepth,
    /// The protocol that was upgraded to TLS; `None` where TLS was spoken at once.
    pub starttls: Option<StartTls>,
    /// The name sent as SNI; `None` where the target is an address.
    pub name: Option<Arc<str>>,
    /// What a whole handshake showed, as browsers make it (TLS 1.3 and 1.2).
    pub session: Option<Arc<TlsSession>>,
    /// Why there is no such session, in words; `None` where there is one.
    pub no_session: Option<String>,
    /// How the chain in the clear was judged, of the highest version that has one, where there is no session.
    pub judgement: Option<ChainJudgement>,
    /// What authorities say of the server's certificate; `None` where they were not asked (`--tls-online`).
    pub revocation: Option<Revocation>,
    /// What is known of each version, oldest first, all six.
    pub versions: Vec<VersionSurvey>,
    /// Chains that other clients are presented with: by a key of another kind, or under another version.
    pub other_chains: Vec<OtherChain>,
    /// The server's answer to one ordinary hello of a current client, from which JA3S and JA4S are made.
    pub server_hello: Option<ServerHello>,
    /// Groups of key exchanges, in the order the server chose them; full only.
    pub groups: Vec<GroupTold>,
    /// Schemes that the server signs handshakes with, in the order it chose them; full only.
    pub schemes: Vec<SchemeTold>,
    /// Application protocols that were offered one after the other (ALPN); full only.
    pub alpn: Vec<AlpnTold>,
    /// Whether clients may begin a second handshake on a connection (TLS 1.2); full only.
    pub client_renegotiation: Told,
    /// `TLS_FALLBACK_SCSV`.
    pub fallback_scsv: Fallback,
    /// What the server does without SNI; `None` where it was not asked.
    pub without_name: Option<WithoutName>,
    /// What sessions can be resumed by, and the early data that tickets allow.
    pub resumption: Resumption,
    /// The client certificate that the server asks for, in whatever handshake it did; `None` where it asked for none.
    pub client_certificate: Option<ClientCertificate>,
    /// What the server does not bear.
    pub tolerance: Tolerance,
    /// The JARM fingerprint, 62 hexadecimal digits; full only, and only where every one of its ten hellos was answered
    /// or refused, be it with a reset.
    pub jarm: Option<String>,
    /// The other addresses of the name and what they showed; empty where it has one.
    pub addresses: Vec<AddressSurvey>,
    /// What the port does instead of TLS; `None` where it speaks TLS.
    pub not_tls: Option<NotTls>,
    /// Hellos that were sent, those of whole handshakes among them.
    pub hellos: u32,
    /// Connections that were made, retries among them.
    pub connections: u32,
}

impl TlsSurvey {
    /// What is known of one version.
    pub fn version(&self, version: TlsVersion) -> Option<&VersionSurvey> {
        self.versions.iter().find(|survey| survey.version == version)
    }

    /// Whether some version of TLS or SSL was taken.
    pub fn is_spoken(&self) -> bool {
        self.session.is_some() || self.versions.iter().any(|version| version.told.is_accepted())
    }

    /// The highest version that sent certificates in the clear.
    pub fn in_the_clear(&self) -> Option<&VersionSurvey> {
        self.versions.iter().rev().find(|version| !version.chain.is_empty())
    }

    /// Bytes that keeping it in memory costs, roughly.
    pub fn weight(&self) -> usize {
        let sessions = self.session.iter().chain(self.addresses.iter().filter_map(|other| other.session.as_ref()));
        let sessions: usize = sessions.map(|session| session.weight()).sum();
        let versions: usize = self.versions.iter().map(VersionSurvey::weight).sum();
        let others = self.other_chains.iter().flat_map(|other| &other.chain).map(Bytes::len).sum::<usize>();
        let nameless = self.without_name.iter().flat_map(|without| &without.chain).map(Bytes::len).sum::<usize>();
        sessions + versions + others + nameless + 1024
    }
}

/// A chain beside the one that the survey is judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherChain {
    /// A version under which it was sent.
    pub version: TlsVersion,
    /// The certificates as sent, the server's own first.
    pub chain: Vec<Bytes>,
    /// The stapled OCSP response that came with it, DER.
    pub staple: Option<Bytes>,
    /// How it was judged; `None` until it is.
    pub judgement: Option<ChainJudgement>,
}

/// What is known of one version of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionSurvey {
    /// The version.
    pub version: TlsVersion,
    /// Whether the server speaks it.
    pub told: Told,
    /// Suites that it chose, by IANA number, in the order chosen; those of SSL 2.0 have three bytes.
    pub suites: Vec<u32>,
    /// Whether all suites were asked: the elimination ended with a refusal, so what is not in `suites` is refused.
    pub complete: bool,
    /// Whether every class of suites that someone advises against was asked for to the end: `suites` holds at least one
    /// of each class that the server takes, and of what is not in it the server takes none. So it is where `complete`
    /// holds; a quick survey leaves out suites that need a shared key or a password.
    pub classes_complete: bool,
    /// Whether the server takes any suite that no policy allows any more (NULL, anonymous, export, DES, RC4, 3DES and
    /// the like).
    pub forbidden: Told,
    /// Whether the server takes a suite with a forward secret key exchange.
    pub forward_secret: Told,
    /// Whether the server takes a suite with authenticated encryption (AEAD).
    pub authenticated: Told,
    /// Whether the server takes a suite with finite field Diffie-Hellman, whose parameters are then in `dh`.
    #[serde(default)]
    pub finite_field: Told,
    /// Whether the server goes by its own order of suites or by the client's; `None` where it has but one or was not
    /// asked.
    pub preference: Option<Preference>,
    /// The certificates as sent in the clear (TLS 1.2 and older), the server's own first.
    pub chain: Vec<Bytes>,
    /// The group that the server chose for its key exchange, where it was an elliptic curve or a hybrid.
    pub group: Option<u16>,
    /// The weakest parameters of its finite field Diffie-Hellman that were seen, where a suite with it was chosen.
    pub dh: Option<DhParameters>,
    /// The bits of a temporary RSA key of an export suite, where one was sent.
    pub export_rsa_bits: Option<u32>,
    /// The scheme that the key exchange is signed with (TLS 1.2).
    pub signature: Option<u16>,
    /// Whether the server takes a compression method other than null.
    pub compression: Told,
    /// Whether it answers `renegotiation_info` (RFC 5746); `None` where it was not seen.
    pub secure_renegotiation: Option<bool>,
    /// Whether it answers `extended_master_secret` (RFC 7627); `None` where it was not seen.
    pub extended_master_secret: Option<bool>,
    /// Whether it answers `encrypt_then_mac` (RFC 7366); `None` where no CBC suite was chosen.
    pub encrypt_then_mac: Option<bool>,
    /// Whether it gives a session identifier, so that it may keep sessions; `None` where it was not seen.
    pub session_id: Option<bool>,
    /// Whether it says that it will send a ticket; `None` where it was not seen.
    pub ticket: Option<bool>,
    /// The application protocol that it chose in the clear, if any.
    pub alpn: Option<String>,
    /// The stapled OCSP response as sent in the clear, DER.
    pub staple: Option<Bytes>,
    /// The list of signed certificate timestamps of the extension, as sent.
    pub timestamps: Option<Bytes>,
    /// The extensions of its first ServerHello, by number, in the order sent.
    pub extensions: Vec<u16>,
}

impl VersionSurvey {
    fn weight(&self) -> usize {
        let extra = [&self.staple, &self.timestamps].into_iter().flatten();
        self.chain.iter().chain(extra).map(Bytes::len).sum::<usize>() + 4 * self.suites.len()
    }

    /// Nothing known of a version.
    pub fn unknown(version: TlsVersion) -> Self {
        Self {
            version,
            told: Told::default(),
            suites: Vec::new(),
            complete: false,
            classes_complete: false,
            forbidden: Told::default(),
            forward_secret: Told::default(),
            authenticated: Told::default(),
            finite_field: Told::default(),
            preference: None,
            chain: Vec::new(),
            group: None,
            dh: None,
            export_rsa_bits: None,
            signature: None,
            compression: Told::default(),
            secure_renegotiation: None,
            extended_master_secret: None,
            encrypt_then_mac: None,
            session_id: None,
            ticket: None,
            alpn: None,
            staple: None,
            timestamps: None,
            extensions: Vec::new(),
        }
    }
}

/// Whose order of suites decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preference {
    /// The server's.
    Server,
    /// The client's.
    Client,
}

/// The public parameters of a finite field Diffie-Hellman.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DhParameters {
    /// The prime, big endian, as sent.
    pub prime: Bytes,
    /// The generator, big endian, as sent.
    pub generator: Bytes,
    /// Bits of the prime.
    pub bits: u32,
}

/// What the server says to one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTold {
    /// The group, by its IANA number.
    pub group: u16,
    /// Under TLS 1.3.
    pub tls13: Told,
    /// Under the highest version below it, where it has a suite with ECDHE.
    pub tls12: Told,
}

/// What the server says to one scheme of signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemeTold {
    /// The scheme, by its IANA number.
    pub scheme: u16,
    /// Under TLS 1.2.
    pub told: Told,
    /// Under TLS 1.3.
    pub tls13: Told,
}

/// What the server says to one application protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlpnTold {
    /// The protocol's identification sequence, as `h2`.
    pub protocol: String,
    /// Whether it chooses it.
    pub told: Told,
}

/// A ServerHello in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerHello {
    /// The number in the version field; 0x0303 under TLS 1.3.
    pub legacy_version: u16,
    /// The version that was chosen.
    pub version: u16,
    /// The suite that was chosen.
    pub suite: u16,
    /// The extensions, by number, in the order sent.
    pub extensions: Vec<u16>,
    /// The application protocol, where it is in the clear.
    pub alpn: Option<String>,
}

/// What a server does that is not told the name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithoutName {
    /// Whether it goes on.
    pub told: Told,
    /// The certificates it sends then, its own first; empty where it refuses or they are encrypted.
    pub chain: Vec<Bytes>,
}

/// What a server does not bear, found by asking again in another way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tolerance {
    /// Hellos of 256 to 511 bytes go unanswered, padded ones do not.
    pub needs_padding: bool,
    /// Hellos that offer TLS 1.3 are refused or unanswered, though those up to TLS 1.2 are taken.
    pub refuses_tls13_hellos: bool,
    /// Hellos with many suites go unanswered, short ones do not.
    pub needs_short_hellos: bool,
    /// A warning about the name came before the ServerHello (alert 112).
    pub warns_of_name: bool,
}

/// One more address of the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressSurvey {
    /// The address.
    pub address: IpAddr,
    /// What a whole handshake showed there.
    pub session: Option<Arc<TlsSession>>,
    /// Why there is no session, in words.
    pub no_session: Option<String>,
    /// What the handshake met with there.
    #[serde(default)]
    pub told: Told,
    /// What a hello of TLS 1.1 and older met with there; the version where it was accepted.
    pub legacy: Told,
    /// The highest version up to TLS 1.1 that it chose.
    pub legacy_version: Option<TlsVersion>,
}
