//! Sequences: rules whose requests are sent one after the other, each answer judged as it comes.
//!
//! The second form of a rule, beside requests with one condition over all their answers. A sequence is a list of blocks; a
//! block is a list of requests of one protocol, the values that are tried in them, and operators (matchers and
//! extractors) that are asked of every answer. What a block extracts, later requests and blocks can use. Texts and
//! expressions are of [`crate::dsl`]. Invariant: a sequence is data; it can be written to a cache and read back.
//! Must never import a folder above `predicate`, and knows no dialect.

mod flow;
mod http;
mod info;
mod operators;
mod payload;
mod wires;

pub use flow::{Flow, Given};
pub use http::{Digest, HttpBlock, HttpStep, RawStep};
pub use info::{Classification, Info};
pub use operators::{Combine, Extractor, ExtractorKind, Matcher, MatcherKind, Operators};
pub use payload::{Attack, Payloads};
pub use wires::{DnsBlock, TcpBlock, TcpData, TcpInput, TlsBlock, WebSocketBlock, WebSocketInput};

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dsl::Text;

/// A rule as a sequence of blocks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sequence {
    /// What it says to people and to other tools.
    pub info: Info,
    /// Names for texts, in the order in which they are rendered; a later one may use those before it.
    pub variables: Vec<(Arc<str>, Text)>,
    /// Names for texts that nothing overrides but payloads.
    pub constants: Vec<(Arc<str>, Text)>,
    /// The blocks, in the order of the file.
    pub blocks: Vec<Block>,
    /// Which blocks are run, and when the sequence goes on.
    pub flow: Flow,
    /// Names that stand for a word of 27 letters and digits each, drawn anew for every run and the same one throughout
    /// it.
    pub tokens: Vec<Arc<str>>,
    /// Whether it waits for calls to a server of its own (`interactsh-url`, `interactsh_protocol` …).
    pub needs_oob: bool,
}

impl Sequence {
    /// The most requests that it sends, if no name stands for so many values as an answer happens to hold; hops of
    /// redirects are counted by `redirects` each.
    pub fn most_requests(&self, redirects: u64) -> u64 {
        self.blocks.iter().map(|block| block.most_requests(redirects)).fold(0, u64::saturating_add)
    }

    /// Whether it sends nothing and is asked of the answers to everybody's requests: all its blocks are of HTTP and have none
    /// of their own.
    pub fn listens(&self) -> bool {
        !self.blocks.is_empty() && self.blocks.iter().all(Block::listens)
    }

    /// Whether it may send more after its first request is answered.
    pub fn asks_later(&self) -> bool {
        self.needs_oob || self.most_requests(1) > 1
    }
}

impl Block {
    /// Whether it is of HTTP and sends nothing of its own.
    pub fn listens(&self) -> bool {
        matches!(&self.protocol, Protocol::Http(http) if http.steps.is_empty())
    }

    fn most_requests(&self, redirects: u64) -> u64 {
        let tried = self.payloads.as_ref().map_or(1, Payloads::count);
        let each = match &self.protocol {
            Protocol::Http(http) => http.most_requests(redirects),
            Protocol::Dns(_) | Protocol::Tcp(_) | Protocol::Tls(_) | Protocol::WebSocket(_) => 1,
        };
        tried.saturating_mul(each)
    }
}

/// Requests of one protocol, with what is asked of their answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// A name under which later blocks find its answers: `NAME_body`.
    pub id: Option<Arc<str>>,
    /// What is sent.
    pub protocol: Protocol,
    /// Values that are tried one after the other.
    pub payloads: Option<Payloads>,
    /// What is asked of every answer.
    pub operators: Operators,
    /// Whether the first answer that matches ends the block.
    pub stop_at_first_match: bool,
    /// Whether every value of an extractor is carried into the requests that follow, rather than the first.
    pub iterate_all: bool,
    /// Whether a request is sent although a name in it has no value.
    pub sends_unresolved: bool,
}

/// What a block sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Protocol {
    /// HTTP requests.
    Http(HttpBlock),
    /// A DNS query.
    Dns(DnsBlock),
    /// A conversation over TCP or TLS.
    Tcp(TcpBlock),
    /// A TLS handshake.
    Tls(TlsBlock),
    /// A WebSocket conversation.
    WebSocket(WebSocketBlock),
}

impl Protocol {
    /// The name as reports and filters write it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Dns(_) => "dns",
            Self::Tcp(_) => "tcp",
            Self::Tls(_) => "ssl",
            Self::WebSocket(_) => "websocket",
        }
    }
}
