//! What TLS showed: of one handshake, and of a survey of a port.
//!
//! Owns the shapes and nothing else; numbers are those of the IANA registries, names for them are `tls`'s business.
//! Invariant: what was not asked, or not answered, is told as such and never as "not offered". Must never import
//! anything but `base`.

mod judgement;
mod probe;
mod revocation;
mod session;
mod survey;
mod told;
mod version;

pub use judgement::{ChainFault, ChainJudgement, ChainProblem};
pub use probe::{StartTls, SurveyDepth, SurveyWish, TlsProbe, TlsSurveyProbe};
pub use revocation::{Revocation, RevocationAnswer, RevocationProblem, RevocationSource, RevocationStatus};
pub use session::{ClientCertificate, Resumption, TlsSession};
pub use survey::{
    AddressSurvey, AlpnTold, DhParameters, GroupTold, OtherChain, Preference, SchemeTold, ServerHello, TlsSurvey,
    Tolerance, VersionSurvey, WithoutName,
};
pub use told::{Fallback, NotTls, Refusal, Told, Unheard};
pub use version::TlsVersion;
