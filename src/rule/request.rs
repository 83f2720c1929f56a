//! Requests as rules write them, before anything is rendered.
//!
//! Invariant: a request says what goes on the wire completely; nothing is added but the `Host` field, the scan's own
//! fields (User-Agent, Accept, Accept-Encoding) and user-given fields, each only where the rule does not set it.
//! Must never import a folder above `predicate`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::Span;
use crate::expr::Template;
use crate::observation::{Method, TlsVersion};
use crate::predicate::Source;

use super::Cond;

/// A name bound to the items of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The name, without `$`.
    pub name: Arc<str>,
    /// Where its items come from.
    pub source: Source,
    /// Where it was written.
    pub span: Span,
}

/// A value taken from an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Extract {
    /// The name and where it comes from; the first item counts.
    pub binding: Binding,
    /// Whether it may find nothing.
    pub optional: bool,
}

/// Which redirects are followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Redirects {
    /// None.
    #[default]
    None,
    /// Those that stay on the same host: scheme, name and port.
    SameHost,
    /// All that are in scope, from HTTP to HTTPS of the same name among them.
    All,
}

/// Which cookies a request carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CookieUse {
    /// Where the request uses something of an earlier answer: the cookies that this rule's earlier answers set.
    /// Otherwise it does not wait for them and carries none.
    #[default]
    Auto,
    /// Those that this rule's earlier answers set; the request waits for them (`cookies: rule`).
    Rule,
    /// None.
    None,
}

/// One request of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its name; `request` where the rule has one unnamed request, the case's name where a case owns it.
    pub name: Arc<str>,
    /// The case that owns it, by index.
    pub case: Option<usize>,
    /// Items over which this request alone repeats.
    pub for_each: Vec<Binding>,
    /// How often it is sent in all, at the host's pace; at least 1.
    pub repeat: u32,
    /// What goes on the wire.
    pub wire: Wire,
    /// Redirects.
    pub redirects: Redirects,
    /// Cookies.
    pub cookies: CookieUse,
    /// An authentication profile's name.
    pub auth: Option<Arc<str>>,
    /// Condition over earlier answers; false: the request is not asked.
    pub run_if: Option<Cond>,
    /// Condition on its answer; true: the rule sends nothing more.
    pub stop_when: Option<Cond>,
    /// Values for later requests.
    pub extract: Vec<Extract>,
    /// Where it was written.
    pub span: Span,
}

/// The wire that a request goes over.
#[derive(Debug, Clone, PartialEq)]
pub enum Wire {
    /// An HTTP exchange.
    Http(HttpRequest),
    /// A TLS handshake.
    Tls(TlsRequest),
    /// A survey of what a port speaks.
    TlsSurvey,
    /// A DNS query.
    Dns(DnsRequest),
    /// A TCP conversation: host:port and steps.
    Tcp(Template, Vec<TcpStep>),
}

/// A TLS handshake: what it offers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TlsRequest {
    /// The lowest version that may be chosen; TLS 1.0 where it is none.
    pub least: Option<TlsVersion>,
    /// The highest version offered; TLS 1.3 where it is none.
    pub most: Option<TlsVersion>,
    /// The cipher suites offered, by their IANA numbers; empty: the usual ones.
    pub ciphers: Vec<u16>,
    /// The groups offered, by their IANA numbers; empty: the usual ones.
    pub groups: Vec<u16>,
    /// The application protocols offered; empty: none.
    pub alpn: Vec<Arc<str>>,
    /// The name sent.
    pub name: SentName,
}

/// The name that a handshake sends (SNI).
#[derive(Debug, Clone, Default, PartialEq)]
pub enum SentName {
    /// The host's own.
    #[default]
    OfHost,
    /// None.
    Nobody,
    /// This one, which the certificate is judged for too.
    Other(Template),
}

/// A DNS query.
#[derive(Debug, Clone, PartialEq)]
pub struct DnsRequest {
    /// Record type.
    pub kind: Arc<str>,
    /// Name asked for; the host's own where none is given.
    pub name: Option<Template>,
}

/// One step of a TCP conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum TcpStep {
    /// Bytes to send.
    Send(Template),
    /// At most so many bytes to read.
    Read(usize),
}

/// An HTTP request.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpRequest {
    /// Method; of a raw request, read from its first line.
    pub method: Method,
    /// A path, byte for byte, or a URL in scope.
    pub target: Template,
    /// Parameters, percent-encoded and appended.
    pub query: Vec<(Arc<str>, Template)>,
    /// Fields in order; several values send several lines.
    pub headers: Vec<(Arc<str>, Vec<Template>)>,
    /// Body.
    pub body: Option<Template>,
    /// Exact bytes instead of all above.
    pub raw: Option<Template>,
    /// First and last byte asked for; reading stops after the window.
    pub range: Option<(u64, u64)>,
}
