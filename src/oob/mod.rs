//! Interactions out of band: the server that takes them, and the client of a server elsewhere.
//!
//! Owns a DNS, an HTTP and an SMTP server that answer whoever calls and remember who carried an id, the protocol by
//! which a client fetches its interactions from a server, and that client. Takes a domain or an address; gives a mailbox
//! that fills. Invariant: everything that comes from outside is untrusted and bounded, and nothing is remembered of who
//! carries no id of a recipient. Must never import a folder above `engine`.

mod access;
mod bounds;
mod certificate;
mod client;
mod dns;
mod http;
mod listen;
mod messages;
mod register;
mod sealed;
mod server;
mod smtp;
#[cfg(test)]
mod tests;

pub use access::Access;
pub use certificate::read_certificate;
pub use client::{Client, ClientError, ClientSettings};
pub use dns::Zone;
pub use messages::line;
pub use register::Register;
pub use server::{Listening, Server, ServerSettings, Service, StartError, families};
