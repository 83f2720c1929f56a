//! Blocks of other protocols than HTTP.
//!
//! Invariant: what is sent is written out; every read is bounded. Must never import a folder above `predicate`.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::dsl::Text;

/// A DNS query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DnsBlock {
    /// The name asked for.
    pub name: Text,
    /// The record type.
    pub kind: Arc<str>,
    /// The class.
    pub class: Arc<str>,
    /// Whether recursion is desired.
    pub recursion: bool,
    /// How often it is asked again.
    pub retries: u32,
    /// Servers to ask instead of the scan's.
    pub resolvers: Vec<Text>,
}

/// A conversation over TCP or TLS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TcpBlock {
    /// Where to connect to: `host:port`, `tls://` before it for TLS.
    pub addresses: Vec<Text>,
    /// The ports tried where the target names none.
    pub ports: Vec<u16>,
    /// Ports of a target that do not replace the block's own.
    pub excluded_ports: Vec<u16>,
    /// What is sent and read, in order.
    pub inputs: Vec<TcpInput>,
    /// Bytes read at the end at most.
    pub read_size: usize,
    /// Whether reading goes on until the peer closes.
    pub read_all: bool,
}

/// What is sent in one turn, and what is read after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TcpInput {
    /// What is sent.
    pub data: Option<TcpData>,
    /// Bytes read then at most.
    pub read: Option<usize>,
    /// The name of what is read.
    pub name: Option<Arc<str>>,
}

/// Bytes to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TcpData {
    /// A text.
    Text(Text),
    /// Bytes written as hexadecimal digits.
    Bytes(Bytes),
    /// A text that gives hexadecimal digits when it is rendered.
    Hex(Text),
}

/// A TLS handshake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TlsBlock {
    /// Where to connect to: `host:port`.
    pub address: Text,
    /// The lowest version offered: `ssl30`, `tls10` … `tls13`.
    pub min_version: Option<Arc<str>>,
    /// The highest.
    pub max_version: Option<Arc<str>>,
    /// The suites offered, by name; empty: the client's own.
    pub cipher_suites: Vec<Arc<str>>,
}

/// A WebSocket conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebSocketBlock {
    /// The URL.
    pub address: Text,
    /// Fields of the opening request.
    pub headers: Vec<(Arc<str>, Text)>,
    /// What is sent, in order.
    pub inputs: Vec<WebSocketInput>,
}

/// One message to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebSocketInput {
    /// The message.
    pub data: Text,
    /// The name of the answer to it.
    pub name: Option<Arc<str>>,
}
