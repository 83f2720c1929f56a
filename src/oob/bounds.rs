//! What a stranger may cost the interaction server.
//!
//! Owns the bounds of its loops, buffers and times: whoever reaches it from outside is untrusted. Must never import
//! another file.

use std::time::Duration;

/// Connections of one listener at once; further ones wait to be accepted.
pub(super) const CONNECTIONS: usize = 256;
/// Time for a whole connection over HTTP or DNS.
pub(super) const CONNECTION: Duration = Duration::from_secs(15);
/// Time for a whole conversation over SMTP: mail servers take their time between lines.
pub(super) const CONVERSATION: Duration = Duration::from_secs(60);
/// Time to wait after the listener itself failed, out of file descriptors most often.
pub(super) const PAUSE: Duration = Duration::from_millis(50);
/// Bytes of a request's head.
pub(super) const HEAD: usize = 32 << 10;
/// Bytes of a request's body; of a longer one the rest is not read.
pub(super) const BODY: usize = 64 << 10;
/// Bytes of a mail that are kept; of a longer one the rest is read and dropped.
pub(super) const MAIL: usize = 64 << 10;
/// Bytes of a conversation over SMTP, the mail included.
pub(super) const CONVERSATION_BYTES: usize = 1 << 20;
/// Recipients of a mail that are looked at.
pub(super) const RECIPIENTS: usize = 16;
/// Questions over one TCP connection.
pub(super) const QUESTIONS: usize = 16;
/// Ids that are looked for in one message.
pub(super) const IDS: usize = 8;
/// Clients of other machines.
pub(super) const CLIENTS: usize = 1024;
/// Time without a word from a client after which another may have its place.
pub(super) const IDLE: Duration = Duration::from_secs(600);
/// Interactions kept for a client.
pub(super) const PER_CLIENT: usize = 1024;
/// Bytes of the interactions kept for all clients.
pub(super) const BYTES: usize = 64 << 20;
