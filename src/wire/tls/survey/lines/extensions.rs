//! Application protocols (ALPN, RFC 7301) by elimination: in the clear up to TLS 1.2, by whole handshakes where a server
//! speaks nothing but TLS 1.3.
//!
//! Must never open a socket.

use super::super::ask::Wish;
use super::super::catalogue::PROTOCOLS;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::Plan;
use crate::observation::{AlpnTold, Refusal, Told, Unheard};

/// Whole handshakes that are made for it at most.
const HANDSHAKES: usize = 4;

/// The protocols that a server chooses.
#[derive(Debug)]
pub struct Protocols {
    left: Vec<&'static str>,
    taken: Vec<&'static str>,
    shaken: usize,
    over: bool,
}

impl Protocols {
    /// All of them.
    pub fn new() -> Self {
        Self { left: PROTOCOLS.to_vec(), taken: Vec::new(), shaken: 0, over: false }
    }

    fn conclude(&mut self, known: &mut Known, rest: Told) {
        self.over = true;
        let entry = |protocol: &str, told| AlpnTold { protocol: protocol.to_owned(), told };
        let taken = self.taken.drain(..).map(|protocol| entry(protocol, Told::Accepted));
        let left = self.left.drain(..).map(|protocol| entry(protocol, rest));
        known.survey.alpn = taken.chain(left).collect();
    }

    fn chosen(&mut self, alpn: Option<&str>, known: &mut Known) {
        match alpn.and_then(|alpn| self.left.iter().copied().find(|left| *left == alpn)) {
            Some(protocol) => {
                self.left.retain(|left| *left != protocol);
                self.taken.push(protocol);
            }
            None if alpn.is_some() => self.conclude(known, Told::Unknown(Unheard::Lied)),
            None => self.conclude(known, Told::Refused(Refusal::Ignored)),
        }
    }
}

impl Inquiry for Protocols {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if self.over {
            return None;
        }
        if let Some(version) = known.highest_in_the_clear().map(|version| version.version) {
            let alpn = self.left.clone();
            return Some(Wanted::Hello(Plan { alpn, ..Plan::of(version, known.suites(version)) }));
        }
        if known.survey.session.is_none() || self.shaken >= HANDSHAKES {
            self.conclude(known, Told::default());
            return None;
        }
        self.shaken += 1;
        Some(Wanted::Handshake(Wish { alpn: self.left.clone(), ..Wish::default() }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        match said {
            Said::Accepted(answer) => {
                let alpn = answer.hello.as_ref().and_then(|hello| hello.alpn());
                self.chosen(alpn.as_deref(), known);
            }
            Said::Shaken(shaken) => self.chosen(shaken.session.alpn.as_deref(), known),
            Said::Refused(refusal) => self.conclude(known, Told::Refused(refusal)),
            Said::Unknown(why, _) => self.conclude(known, Told::Unknown(why)),
            Said::Ssl2(_) | Said::Again(_) => self.over = true,
        }
    }
}
