//! Observations: what one probe brought back, as finished, capped, serialisable data.
//!
//! Owns the shapes of probes and of their answers, errors included. Takes nothing; every later stage reads these.
//! Invariant: an observation is immutable, and judging it needs nothing but itself. Must never import anything but `base`
//! and `diagnostic`, and never a socket.

mod dns;
mod error;
mod http;
mod interaction;
mod other;
mod probe;
mod talk;
mod tls;

pub use dns::{DnsMessage, DnsProbe, DnsQuestion, DnsRecord, RecordType, class_name};
pub use error::{ErrorKind, ProbeError};
pub use http::{Anomaly, Exchange, Header, Response, Timing, Truncation};
pub use interaction::{CallbackNames, CallbackSite, CorrelationId, Interaction, InteractionId};
pub use other::{Derived, Observation, Seen};
pub use probe::{HttpProbe, HttpVersion, Method, OtherProbe, Probe};
pub use talk::{Amount, Talk, TcpProbe, Turn, Upgrade, WebSocketProbe};
pub use tls::{
    AddressSurvey, AlpnTold, ChainFault, ChainJudgement, ChainProblem, ClientCertificate, DhParameters, Fallback,
    GroupTold, NotTls, OtherChain, Preference, Refusal, Resumption, Revocation, RevocationAnswer, RevocationProblem,
    RevocationSource, RevocationStatus, SchemeTold, ServerHello, StartTls, SurveyDepth, SurveyWish, TlsProbe,
    TlsSession, TlsSurvey, TlsSurveyProbe, TlsVersion, Told, Tolerance, Unheard, VersionSurvey, WithoutName,
};
