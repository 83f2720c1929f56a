//! The limits of design §10, in one place.
//!
//! Every loop that produces bytes, nodes, steps or requests reads its bound from here. Invariant: the defaults keep the
//! peak memory of a scan bounded whatever the targets send. Must never import another folder.

use std::time::Duration;

/// Bounds on what a target, a rule or a list may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Decoded bytes of a response body.
    pub body: usize,
    /// Bytes of a response head, status line included.
    pub head: usize,
    /// Header fields of a response.
    pub header_count: usize,
    /// Layers of `Content-Encoding` that are undone.
    pub encodings: usize,
    /// Redirects that one request follows.
    pub redirects: usize,
    /// Chunks of a chunked body.
    pub chunks: usize,
    /// Interim (1xx) responses before the final one.
    pub interim: usize,
    /// Time for name resolution, connect and TLS handshake each.
    pub connect: Duration,
    /// Time from the request's last byte to the end of the response head.
    pub response_head: Duration,
    /// Time for a whole exchange on an open connection.
    pub exchange: Duration,
    /// Time that a conversation over another protocol waits for each answer.
    pub talk: Duration,
    /// Time that one rule may ask to wait for at once.
    pub pause: Duration,
    /// Time that a target is given to call back, after the last request that asked it to: most do at once, some after a
    /// time-out of their own.
    pub callback: Duration,
    /// Bytes that all observations in memory may take together.
    pub bytes: usize,
    /// Bytes of a rule file.
    pub rule_file: usize,
    /// Nesting of a rule file.
    pub rule_depth: usize,
    /// Nodes of a rule file.
    pub rule_nodes: usize,
    /// Aliases of a rule file (only dialects that have them).
    pub rule_aliases: usize,
    /// Bytes of a regex's text.
    pub regex: usize,
    /// Bytes of a compiled regex.
    pub regex_compiled: usize,
    /// Nesting of an expression.
    pub expr_depth: usize,
    /// Steps of one evaluation of an expression.
    pub expr_steps: u64,
    /// Bytes of a text that an expression makes.
    pub expr_text: usize,
    /// Requests that one rule may send to one host.
    pub requests_per_rule: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 10 << 20,
            head: 256 << 10,
            header_count: 512,
            encodings: 2,
            redirects: 10,
            chunks: 1 << 20,
            interim: 16,
            connect: Duration::from_secs(5),
            response_head: Duration::from_secs(10),
            exchange: Duration::from_secs(12),
            talk: Duration::from_secs(5),
            pause: Duration::from_secs(60),
            callback: Duration::from_secs(10),
            bytes: 128 << 20,
            rule_file: 5 << 20,
            rule_depth: 64,
            rule_nodes: 100_000,
            rule_aliases: 100,
            regex: 64 << 10,
            regex_compiled: 10 << 20,
            expr_depth: 64,
            expr_steps: 1_000_000,
            expr_text: 16 << 20,
            requests_per_rule: 10_000,
        }
    }
}
