//! How a chain was judged against the scan's roots, when it was seen.
//!
//! Owns the shapes; who judges is `tls`. Invariant: every problem is told, not the first alone. Must never import anything
//! but this folder.

use serde::{Deserialize, Serialize};

/// A judgement of a chain for a name at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChainJudgement {
    /// Everything that is wrong, worst first.
    pub problems: Vec<ChainProblem>,
    /// The certificates that lead from the server's own to the root, by their place in the chain as sent.
    pub path: Vec<usize>,
    /// The root that the path ends in, by its common name, where it is one of the configured ones.
    pub root: Option<String>,
    /// Whether that root is one that browsers ship, not one that the user brought.
    pub public: bool,
    /// The issuer that is neither sent nor a root, by its name, where one is missing.
    pub missing: Option<String>,
}

impl ChainJudgement {
    /// Whether something of this kind is wrong.
    pub fn has(&self, fault: ChainFault) -> bool {
        self.problems.iter().any(|problem| problem.fault == fault)
    }

    /// Whether it leads to a configured root by signatures that are genuine, so that what its certificates say is its
    /// authorities' word, whatever else is wrong.
    pub fn is_genuine(&self) -> bool {
        use ChainFault as F;
        let is_doubt = |fault| {
            matches!(
                fault,
                F::Malformed | F::Unproven | F::BadSignature | F::Unverified | F::NotAnAuthority | F::Invalid
            )
        };
        self.root.is_some() && !self.problems.iter().any(|problem| is_doubt(problem.fault))
    }

    /// Whether nothing keeps clients from trusting the chain but that a signature could not be checked here: whether it is
    /// trusted cannot be told then.
    pub fn is_unverified(&self) -> bool {
        let mut fatal = self.problems.iter().map(|problem| problem.fault).filter(|fault| fault.is_fatal()).peekable();
        fatal.peek().is_some() && fatal.all(|fault| fault == ChainFault::Unverified)
    }

    /// The worst problem that keeps clients from trusting the chain.
    pub fn distrust(&self) -> Option<&ChainProblem> {
        self.problems.iter().find(|problem| problem.fault.is_fatal())
    }
}

/// Something that is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainProblem {
    /// What.
    pub fault: ChainFault,
    /// Which certificate, by its place in the chain as sent; `None` where it is the chain as a whole.
    pub at: Option<usize>,
}

/// What can be wrong with a chain, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChainFault {
    /// There is no certificate.
    NoCertificate,
    /// A certificate cannot be read.
    Malformed,
    /// A stapled response says that the server's certificate is revoked.
    Revoked,
    /// A certificate is over.
    Expired,
    /// A certificate has not begun.
    NotYetValid,
    /// The server's certificate is for another name.
    WrongName,
    /// The server's certificate has no names but its common name, which clients do not look at.
    NoNames,
    /// The server's certificate is signed with its own key.
    SelfSigned,
    /// A certificate on the way to a root is missing, and the one below it says where it is to be had.
    Incomplete,
    /// The chain leads to an authority that is not trusted.
    UntrustedRoot,
    /// The handshake is not signed with the certificate's key.
    Unproven,
    /// A signature in the chain is wrong.
    BadSignature,
    /// Whether a signature is genuine cannot be checked here: that is no fault of the server, but no trust either.
    Unverified,
    /// A certificate is signed with an algorithm that clients no longer accept.
    WeakSignature,
    /// A certificate is not for servers.
    WrongPurpose,
    /// An issuer is not an authority.
    NotAnAuthority,
    /// A constraint of an authority, a critical extension or another rule of RFC 5280 is broken.
    Invalid,
    /// A key is too short.
    WeakKey,
    /// The certificates are not in their order.
    Misordered,
    /// A certificate is sent that leads nowhere.
    Superfluous,
    /// The root is sent, which every client that trusts it has.
    RootSent,
}

impl ChainFault {
    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoCertificate => "no-certificate",
            Self::Malformed => "malformed",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::WrongName => "wrong-name",
            Self::NoNames => "no-names",
            Self::SelfSigned => "self-signed",
            Self::Incomplete => "incomplete",
            Self::UntrustedRoot => "untrusted-root",
            Self::Unproven => "unproven",
            Self::BadSignature => "bad-signature",
            Self::Unverified => "unverified",
            Self::WeakSignature => "weak-signature",
            Self::WrongPurpose => "wrong-purpose",
            Self::NotAnAuthority => "not-an-authority",
            Self::Invalid => "invalid",
            Self::WeakKey => "weak-key",
            Self::Misordered => "misordered",
            Self::Superfluous => "superfluous",
            Self::RootSent => "root-sent",
        }
    }

    /// Whether clients that go by the book refuse the connection for it, or cannot be told to take it.
    pub fn is_fatal(self) -> bool {
        !matches!(self, Self::WeakKey | Self::Misordered | Self::Superfluous | Self::RootSent)
    }

    /// In words, of our own, as certificates hold text of the target.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoCertificate => "the server sent no certificate",
            Self::Malformed => "the certificate is malformed",
            Self::Revoked => "the certificate is revoked",
            Self::Expired => "the certificate has expired",
            Self::NotYetValid => "the certificate is not valid yet",
            Self::WrongName => "the certificate is for another name",
            Self::NoNames => "the certificate names no host but in its common name, which clients ignore",
            Self::SelfSigned => "the certificate is self-signed",
            Self::Incomplete => "the chain is incomplete: an intermediate certificate is missing",
            Self::UntrustedRoot => "the certificate comes from an unknown issuer",
            Self::Unproven => "the handshake is not signed with the certificate's key",
            Self::BadSignature => "a signature in the chain is wrong",
            Self::Unverified => "a signature is of a kind that cannot be checked here",
            Self::WeakSignature => "the chain is signed with an algorithm that is no longer accepted",
            Self::WrongPurpose => "the certificate is not for servers",
            Self::NotAnAuthority => "a certificate is issued by one that is no authority's",
            Self::Invalid => "the certificate is not valid",
            Self::WeakKey => "a key is too short",
            Self::Misordered => "the certificates are not in their order",
            Self::Superfluous => "a certificate is sent that leads nowhere",
            Self::RootSent => "the root certificate is sent",
        }
    }
}
