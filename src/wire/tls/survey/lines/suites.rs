//! Suites of one version by elimination: what the server chooses is taken out and it is asked again, until it refuses.
//!
//! Of k suites that a server takes it costs k hellos and one for each bundle that it refuses. Must never open a socket.

use std::collections::VecDeque;

use super::super::super::flight::Until;
use super::super::catalogue::{self, BUNDLE, SHORT};
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use super::super::plan::{PROTOCOL_VERSION, Plan};
use crate::observation::{Refusal, TlsVersion, Told, Unheard};

/// Bundles that go unanswered before the version is given up.
const PATIENCE: u32 = 2;

/// The elimination of one version.
#[derive(Debug)]
pub struct Suites {
    version: TlsVersion,
    waiting: VecDeque<u16>,
    /// Suites that are asked for by themselves, at the end: those with finite fields, once a refusal may be a failure.
    apart: VecDeque<u16>,
    is_parted: bool,
    window: Vec<u16>,
    size: usize,
    /// Whether one acceptance or one refusal suffices.
    once: bool,
    /// Whether a longer hello was tried before.
    shortened: bool,
    /// Whether a short hello was refused since.
    refused_short: bool,
    taken: usize,
    refused: Option<Refusal>,
    unheard: Option<Unheard>,
    silent: u32,
    over: bool,
}

impl Suites {
    /// Every suite of the version.
    pub fn all(version: TlsVersion) -> Self {
        Self {
            version,
            waiting: catalogue::suites(version).into(),
            apart: VecDeque::new(),
            is_parted: false,
            window: Vec::new(),
            size: BUNDLE,
            once: false,
            shortened: false,
            refused_short: false,
            taken: 0,
            refused: None,
            unheard: None,
            silent: 0,
            over: false,
        }
    }

    /// Only whether the version is spoken, asked with a short hello.
    pub fn short(version: TlsVersion) -> Self {
        Self { size: SHORT, ..Self::one(version) }
    }

    /// Only whether the version is spoken, and one suite of it.
    pub fn one(version: TlsVersion) -> Self {
        Self { once: true, ..Self::all(version) }
    }

    fn refill(&mut self) {
        if self.window.is_empty() && self.waiting.is_empty() {
            std::mem::swap(&mut self.waiting, &mut self.apart);
        }
        while self.window.len() < self.size {
            let Some(next) = self.waiting.pop_front() else { break };
            self.window.push(next);
        }
    }

    /// A server that does not answer a long hello may answer a short one; whether that is tried.
    fn shorten(&mut self, known: &mut Known) -> bool {
        let tries = self.taken == 0 && self.size > SHORT && self.window.len() > SHORT && !known.short_in_vain;
        if tries {
            (self.size, self.shortened) = (SHORT, true);
            for suite in self.window.split_off(SHORT).into_iter().rev() {
                self.waiting.push_front(suite);
            }
        }
        tries
    }

    /// A server that fails over a finite field may take what it is offered without one; whether that is tried.
    fn part(&mut self, refusal: Refusal) -> bool {
        if self.is_parted || !catalogue::may_be_failure(refusal) {
            return false;
        }
        let fields = catalogue::part_fields(&mut self.window);
        self.is_parted = !fields.is_empty();
        if self.is_parted {
            let mut waiting: Vec<u16> = self.waiting.drain(..).collect();
            let more = catalogue::part_fields(&mut waiting);
            self.waiting = waiting.into();
            self.apart = fields.into_iter().chain(more).collect();
        }
        self.is_parted
    }

    /// A refusal of what the server took from the library a moment ago is somebody else's, or not about the suites.
    fn doubt(&mut self, refusal: Refusal, known: &mut Known) {
        let contradicts = !matches!(refusal, Refusal::Older(_)) && known.has_taken(self.version, &self.window);
        if contradicts {
            self.unheard = Some(Unheard::Blocked);
        }
        // Of TLS 1.3 it may be about the key share that is not there.
        if contradicts && self.version < TlsVersion::Tls13 {
            known.blocked = Some(refusal);
        }
    }

    /// What came of it, once nothing is left to ask.
    fn conclude(&mut self, known: &mut Known) {
        self.over = true;
        let refusal = self.refused.unwrap_or(Refusal::Ignored);
        if self.taken == 0 {
            known.tell(self.version, self.unheard.map_or(Told::Refused(refusal), Told::Unknown));
        }
        let whole = self.unheard.is_none() && !self.once;
        if let Some(version) = known.version_mut(self.version).filter(|_| whole) {
            version.complete = true;
            version.classes_complete = true;
            super::classes::settle(version, Told::Refused(refusal));
        }
    }
}

impl Inquiry for Suites {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if self.over {
            return None;
        }
        self.refill();
        if self.window.is_empty() || self.silent >= PATIENCE {
            self.conclude(known);
            return None;
        }
        let fresh =
            known.version(self.version).is_some_and(|version| version.suites.is_empty() || version.chain.is_empty());
        let mut plan = Plan::of(self.version, self.window.clone());
        plan.until = if fresh && self.taken == 0 { Until::Done } else { Until::Field };
        plan.alpn = known.protocols();
        Some(Wanted::Hello(plan))
    }

    fn told(&mut self, said: Said, known: &mut Known) {
        match said {
            Said::Accepted(answer) => {
                // What is taken of a later one says that the longer hello was not refused for its length.
                if self.shortened && !self.refused_short {
                    known.survey.tolerance.needs_short_hellos = true;
                }
                self.taken += 1;
                match known.take(&answer) {
                    Some((_, suite)) => self.window.retain(|offered| *offered != suite),
                    None => self.window.clear(),
                }
                if self.once {
                    self.over = true;
                }
            }
            Said::Refused(refusal) => {
                if self.part(refusal) || refusal == Refusal::Closed && self.shorten(known) {
                    return;
                }
                self.refused_short |= self.shortened;
                known.short_in_vain |= self.shortened && self.taken == 0 && refusal == Refusal::Closed;
                self.refused = Some(refusal);
                self.doubt(refusal, known);
                self.window.clear();
                let unspoken = matches!(refusal, Refusal::Older(_) | Refusal::Alert(PROTOCOL_VERSION));
                if self.once || unspoken && self.taken == 0 {
                    self.waiting.clear();
                    self.apart.clear();
                }
            }
            Said::Unknown(why, _) => {
                if self.shorten(known) {
                    return;
                }
                known.short_in_vain |= self.shortened && self.taken == 0;
                self.unheard = Some(why);
                self.silent += 1;
                self.window.clear();
                if self.once {
                    self.waiting.clear();
                    self.apart.clear();
                }
            }
            Said::Ssl2(_) | Said::Shaken(_) | Said::Again(_) => self.over = true,
        }
    }
}
