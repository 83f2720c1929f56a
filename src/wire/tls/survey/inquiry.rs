//! One line of questions: each asks, is told, and asks on until it knows.
//!
//! Must never open a socket.

use super::super::flight::Answer;
use super::super::hello::{ClientHello, Ssl2Answer};
use super::ask::{Shaken, Wish};
use super::known::Known;
use super::plan::Plan;
use crate::observation::{Refusal, Told, Unheard};

/// What an inquiry wants to have asked next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A hello by its plan.
    Hello(Plan),
    /// A hello as it stands; only its ServerHello is of interest.
    Fixed(ClientHello),
    /// A CLIENT-HELLO of SSL 2.0 with these ciphers.
    Ssl2(Vec<u32>),
    /// A whole handshake.
    Handshake(Wish),
    /// A second handshake over a first one, which begins with this hello.
    Renegotiation(ClientHello),
}

/// What an inquiry is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The server went on.
    Accepted(Box<Answer>),
    /// A whole handshake came about.
    Shaken(Box<Shaken>),
    /// What was said to a second handshake.
    Again(Told),
    /// An answer in SSL 2.0.
    Ssl2(Ssl2Answer),
    /// The server said no.
    Refused(Refusal),
    /// It cannot be told, for this reason, and in words where there is more to say.
    Unknown(Unheard, Option<String>),
}

/// A line of questions.
pub trait Inquiry: std::fmt::Debug + Send {
    /// The next question; `None` where there is no more.
    fn next(&mut self, known: &mut Known) -> Option<Wanted>;

    /// Takes what was said to the last question.
    fn told(&mut self, said: Said, known: &mut Known);

    /// The address that is asked.
    fn address(&self) -> usize {
        0
    }
}
