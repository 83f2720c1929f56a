//! Application protocols (ALPN, RFC 7301): the usual ones and those of the protocol at hand one by one, as some servers take
//! no list, all others by elimination; in the clear up to TLS 1.2, by whole handshakes where a server speaks nothing but
//! TLS 1.3.
//!
//! Must never open a socket.

use std::collections::VecDeque;

use super::super::ask::Wish;
use super::super::catalogue;
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::Plan;
use crate::observation::{AlpnTold, Refusal, TlsVersion, Told, Unheard};

/// Whole handshakes that are made for it at most, where the server takes what is usual.
const HANDSHAKES: usize = 6;

/// The protocols that a server chooses.
#[derive(Debug, Default)]
pub struct Protocols {
    begun: bool,
    /// Those that are offered alone.
    alone: VecDeque<&'static str>,
    /// Those that are offered together.
    left: Vec<&'static str>,
    /// The one that is offered alone now.
    offered: Option<&'static str>,
    found: Vec<AlpnTold>,
    shaken: usize,
    over: bool,
}

impl Protocols {
    /// All of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// A server that wants one of its own is asked for every one alone.
    fn begin(&mut self, known: &Known) {
        let (mut all, usual) = catalogue::protocols(known.survey.starttls);
        let left = if known.insists { Vec::new() } else { all.split_off(usual) };
        (self.begun, self.alone, self.left) = (true, all.into(), left);
    }

    fn note(&mut self, protocol: &str, told: Told) {
        self.found.push(AlpnTold { protocol: protocol.to_owned(), told });
    }

    fn conclude(&mut self, known: &mut Known, rest: Told) {
        self.over = true;
        for protocol in self.offered.take().into_iter().chain(std::mem::take(&mut self.alone)) {
            self.note(protocol, Told::default());
        }
        for protocol in std::mem::take(&mut self.left) {
            self.note(protocol, rest);
        }
        known.survey.alpn = std::mem::take(&mut self.found);
    }

    /// Takes what was chosen of what was offered, or why nothing was.
    fn chosen(&mut self, chosen: Result<Option<&str>, Told>, known: &mut Known) {
        let ignored = Told::Refused(Refusal::Ignored);
        if let Some(offered) = self.offered.take() {
            let told = match chosen {
                Ok(Some(protocol)) if protocol == offered => Told::Accepted,
                Ok(Some(_)) => Told::Unknown(Unheard::Lied),
                Ok(None) => ignored,
                Err(told) => told,
            };
            return self.note(offered, told);
        }
        match chosen {
            Ok(Some(protocol)) if self.left.contains(&protocol) => {
                self.left.retain(|left| *left != protocol);
                self.note(protocol, Told::Accepted);
            }
            Ok(Some(_)) => self.conclude(known, Told::Unknown(Unheard::Lied)),
            Ok(None) => self.conclude(known, ignored),
            Err(told) => self.conclude(known, told),
        }
    }
}

impl Inquiry for Protocols {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if self.over {
            return None;
        }
        if !self.begun {
            self.begin(known);
        }
        self.offered = self.alone.pop_front();
        let alpn = self.offered.map_or_else(|| self.left.clone(), |offered| vec![offered]);
        if alpn.is_empty() {
            self.conclude(known, Told::default());
            return None;
        }
        let clear = known.highest_in_the_clear().map(|version| version.version);
        if let Some(version) = clear.filter(|version| *version > TlsVersion::Ssl30) {
            return Some(Wanted::Hello(Plan { alpn, ..Plan::of(version, known.suites(version)) }));
        }
        if known.survey.session.is_none() || self.shaken >= HANDSHAKES && !known.insists {
            self.conclude(known, Told::default());
            return None;
        }
        self.shaken += 1;
        Some(Wanted::Handshake(Wish { alpn, ..Wish::default() }))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        match said {
            Said::Accepted(answer) => {
                let alpn = answer.hello.as_ref().and_then(|hello| hello.alpn());
                self.chosen(Ok(alpn.as_deref()), known);
            }
            Said::Shaken(shaken) => self.chosen(Ok(shaken.session.alpn.as_deref()), known),
            Said::Refused(refusal) => self.chosen(Err(Told::Refused(refusal)), known),
            Said::Unknown(why, _) => self.chosen(Err(Told::Unknown(why)), known),
            Said::Ssl2(_) | Said::Again(_) => self.over = true,
        }
    }
}
