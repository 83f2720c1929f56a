//! The way from a protocol in the clear to TLS: what is said before the first hello.
//!
//! Takes what the server says, gives what to send, until TLS may begin or the server says no. Sans-IO and bounded.
//! Invariant: nothing is sent but what the upgrade needs, and a server that says more after its consent than the consent
//! has not upgraded. Must never open a socket.

mod lines;
mod packets;
#[cfg(test)]
mod tests;
mod xmpp;

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::survey::Heard;
use crate::observation::StartTls;
use lines::Lines;
use packets::Packets;
use xmpp::Xmpp;

/// Bytes that a server may say before TLS.
const MOST: usize = 16 << 10;
/// Characters of its answer that are kept.
const SHOWN: usize = 256;
/// Bytes read at once.
const BLOCK: usize = 2 << 10;

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// These bytes are sent.
    Send(Vec<u8>),
    /// More is read.
    Read,
    /// These bytes are sent, and TLS begins.
    Ready(Vec<u8>),
    /// There will be no TLS; what the server said.
    Refused(String),
    /// There is no TLS now, and may be another time; what the server said.
    PutOff(String),
}

/// One upgrade.
#[derive(Debug)]
pub struct Preface {
    talk: Talk,
    taken: usize,
}

#[derive(Debug)]
enum Talk {
    Lines(Lines),
    Packets(Packets),
    Xmpp(Xmpp),
}

impl Preface {
    /// The upgrade of a protocol; `name` is the host's.
    pub fn new(protocol: StartTls, name: &str) -> Self {
        let talk = match protocol {
            StartTls::Smtp | StartTls::Imap | StartTls::Pop3 | StartTls::Ftp => Talk::Lines(Lines::of(protocol)),
            StartTls::Ldap | StartTls::Postgres | StartTls::Mysql => Talk::Packets(Packets::of(protocol)),
            StartTls::Xmpp => Talk::Xmpp(Xmpp::to(name)),
        };
        Self { talk, taken: 0 }
    }

    /// What is sent before the server says anything; empty where it speaks first.
    pub fn start(&mut self) -> Vec<u8> {
        match &self.talk {
            Talk::Lines(_) => Vec::new(),
            Talk::Packets(packets) => packets.start(),
            Talk::Xmpp(xmpp) => xmpp.start(),
        }
    }

    /// Takes what the server says.
    pub fn push(&mut self, bytes: &[u8]) -> Step {
        self.taken += bytes.len();
        if self.taken > MOST {
            return Step::Refused("the server says too much before TLS".to_owned());
        }
        match &mut self.talk {
            Talk::Lines(lines) => lines.push(bytes),
            Talk::Packets(packets) => packets.push(bytes),
            Talk::Xmpp(xmpp) => xmpp.push(bytes),
        }
    }
}

/// What a server said, as it is kept.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace('\0', " ");
    text.trim().chars().take(SHOWN).collect()
}

/// Brings a stream to where TLS begins.
///
/// # Errors
/// What was heard instead.
pub(in crate::wire) async fn upgrade<S>(stream: &mut S, protocol: StartTls, name: &str) -> Result<(), Heard>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let failed = |error: io::Error| Heard::PutOff(format!("the connection broke before TLS: {}", error.kind()));
    let mut preface = Preface::new(protocol, name);
    let start = preface.start();
    stream.write_all(&start).await.map_err(failed)?;
    let mut block = [0; BLOCK];
    loop {
        let taken = stream.read(&mut block).await.map_err(failed)?;
        if taken == 0 {
            return Err(Heard::PutOff("the server closed the connection before TLS".to_owned()));
        }
        match preface.push(block.get(..taken).unwrap_or_default()) {
            Step::Send(bytes) => stream.write_all(&bytes).await.map_err(failed)?,
            Step::Read => {}
            Step::Ready(bytes) => return stream.write_all(&bytes).await.map_err(failed),
            Step::Refused(said) => return Err(Heard::NoUpgrade(said)),
            Step::PutOff(said) => return Err(Heard::PutOff(said)),
        }
    }
}
