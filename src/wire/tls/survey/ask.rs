//! What a survey wants to have asked, and what it is told.
//!
//! Must never open a socket.

use std::time::Duration;

use bytes::Bytes;

use super::super::flight::{Answer, Until};
use super::super::hello::{ClientHello, Ssl2Answer};
use crate::observation::{StartTls, TlsSession, TlsVersion, Told};

/// One question on its way: its number comes back with the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The number.
    pub id: usize,
    /// Which of the name's addresses is asked; 0 is the one that everything but a look at the others is asked of.
    pub address: usize,
    /// How long to wait first, because the same question met with trouble.
    pub pause: Duration,
    /// The question.
    pub question: Question,
}

/// What is asked over one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A hello in its record, and how much of the answer is wanted.
    Hello(Vec<u8>, Until),
    /// A CLIENT-HELLO of SSL 2.0.
    Ssl2(Vec<u8>),
    /// A whole handshake by the library.
    Handshake(Wish),
    /// A whole handshake by hand that begins with this hello, and another one over it.
    Renegotiation(ClientHello),
}

/// What a whole handshake is made for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The highest version offered; TLS 1.3 where it is none.
    pub most: Option<TlsVersion>,
    /// Whether the name is not sent.
    pub nameless: bool,
    /// The application protocols offered.
    pub alpn: Vec<&'static str>,
    /// The schemes of signatures offered, and TLS 1.3 alone with them; empty: all that are usual.
    pub schemes: Vec<u16>,
    /// What a session is to be resumed by; the first such handshake fills the store, later ones draw on it.
    pub resume: Option<Resume>,
}

/// What sessions are resumed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// Identifiers, with TLS 1.2.
    Ids,
    /// Tickets, with TLS 1.2.
    Tickets12,
    /// Tickets, with TLS 1.3.
    Tickets13,
}

/// What a whole handshake showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shaken {
    /// The record of it.
    pub session: TlsSession,
    /// Whether it resumed a session by what was wished.
    pub resumed: bool,
    /// What the server said in the clear.
    pub answer: Option<Answer>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A flight, as far as it was wanted.
    Answer(Box<Answer>),
    /// An answer in SSL 2.0.
    Ssl2(Ssl2Answer),
    /// A whole handshake.
    Shaken(Box<Shaken>),
    /// A whole handshake that came to nothing for a reason that is no answer to a hello, in words.
    NotShaken(String),
    /// What was said to a second handshake.
    Again(Told),
    /// The server ended the handshake with this alert.
    Alert(u8),
    /// The server closed the connection in order.
    Closed,
    /// The connection was reset.
    Reset,
    /// No answer in time.
    TimedOut,
    /// No connection came about, for the reason in words.
    NoConnection(String),
    /// The connection was refused by who has the address, in words.
    Shut(String),
    /// Something else than TLS; how it begins.
    NotTls(Bytes),
    /// TLS that breaks its own rules.
    Lied,
    /// The upgrade to TLS is refused; what the server said.
    NoUpgrade(String),
    /// The connection ended before TLS, or the server wants none now; what it said.
    PutOff(String),
    /// The protocol before TLS was not spoken in time.
    Mute(StartTls),
}
