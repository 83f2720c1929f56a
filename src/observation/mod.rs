//! Observations: what one probe brought back, as finished, capped, serialisable data.
//!
//! Owns the shapes of probes and of their answers, errors included. Takes nothing; every later stage reads these.
//! Invariant: an observation is immutable, and judging it needs nothing but itself. Must never import anything but `base`
//! and `diagnostic`, and never a socket.

mod error;
mod http;
mod interaction;
mod probe;
mod tls;

pub use error::{ErrorKind, ProbeError};
pub use http::{Anomaly, Exchange, Header, Response, Timing, Truncation};
pub use interaction::{CallbackNames, CallbackSite, CorrelationId, Interaction, InteractionId};
pub use probe::{HttpProbe, HttpVersion, Method, Probe};
pub use tls::TlsSession;
