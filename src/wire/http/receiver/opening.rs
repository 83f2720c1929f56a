//! The receiver's first phase: interim and final heads, and what they decide about the body.
//!
//! Takes head bytes, leaves the receiver in its body phase or finished. Invariant: all heads of one answer together stay
//! within the head limit. Must never import sockets.

use std::ops::ControlFlow;

use bytes::Bytes;

use super::super::body::Body;
use super::super::decode::Coding;
use super::super::framing::{Decoder, Framing};
use super::super::head::{End, Head, Opening, Scanner, opening};
use super::{Failure, Incoming, Progress, Receiver, State};
use crate::observation::{Anomaly, ErrorKind, Truncation};

/// What one kept field costs besides its bytes.
const FIELD_WEIGHT: usize = 80;

impl Receiver<'_> {
    pub(super) fn push_head(&mut self, bytes: &[u8]) -> Progress {
        if self.pending.is_empty() {
            return match self.read_heads(bytes) {
                ControlFlow::Break(progress) => progress,
                ControlFlow::Continue(used) => self.await_head(bytes.get(used..).unwrap_or(&[]).to_vec()),
            };
        }
        let mut whole = std::mem::take(&mut self.pending);
        whole.extend_from_slice(bytes);
        match self.read_heads(&whole) {
            ControlFlow::Break(progress) => progress,
            ControlFlow::Continue(used) => {
                whole.drain(..used);
                self.await_head(whole)
            }
        }
    }

    /// Reads heads until the final one, or goes on with how many bytes the interim ones took. `bytes` starts where a
    /// head starts.
    fn read_heads(&mut self, bytes: &[u8]) -> ControlFlow<Progress, usize> {
        let mut used = 0;
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            match opening(rest) {
                Opening::Http => {}
                Opening::Undecided => break,
                Opening::Http2 => return ControlFlow::Break(self.fail(Failure::SpeaksHttp2)),
                Opening::Tls => {
                    return ControlFlow::Break(
                        self.fail_with(ErrorKind::NotHttp, "the server speaks TLS on this port"),
                    );
                }
                Opening::Other => return ControlFlow::Break(self.start_bare(rest, Anomaly::Http09)),
            }
            let Some(end) = self.scanner.find_end(rest) else {
                break;
            };
            used += self.read_head(rest, end)?;
        }
        ControlFlow::Continue(used)
    }

    /// Reads the head that ends there; goes on with its length where it is an interim one.
    fn read_head(&mut self, bytes: &[u8], end: End) -> ControlFlow<Progress, usize> {
        if self.interim_bytes + end.used > self.limits.head {
            return ControlFlow::Break(self.cut_head(bytes));
        }
        let Some(head) = Head::parse(Bytes::copy_from_slice(end.block(bytes)), self.limits) else {
            return ControlFlow::Break(self.start_bare(bytes, Anomaly::MalformedHead));
        };
        if !(100..200).contains(&head.status) || head.status == 101 {
            return ControlFlow::Break(self.start_body(head, end, bytes));
        }
        self.interim += 1;
        self.interim_bytes += end.used;
        self.scanner = Scanner::default();
        if self.interim > self.limits.interim {
            self.note(Anomaly::HeadLimit);
            return ControlFlow::Break(self.end_without_body(head));
        }
        ControlFlow::Continue(end.used)
    }

    fn await_head(&mut self, pending: Vec<u8>) -> Progress {
        if self.interim_bytes + pending.len() > self.limits.head {
            return self.cut_head(&pending);
        }
        if !self.account.cover(pending.capacity()) {
            return self.over_budget();
        }
        self.pending = pending;
        Progress::More
    }

    /// A head above the limit: the whole lines within it are the response.
    fn cut_head(&mut self, bytes: &[u8]) -> Progress {
        self.note(Anomaly::HeadLimit);
        let room = self.limits.head.saturating_sub(self.interim_bytes).min(bytes.len());
        let within = bytes.get(..room).unwrap_or(bytes);
        let lines = memchr::memrchr(b'\n', within).map_or(0, |at| at + 1);
        match Head::parse(Bytes::copy_from_slice(within.get(..lines).unwrap_or(&[])), self.limits) {
            Some(head) => self.end_without_body(head),
            None => self.start_bare(bytes, Anomaly::MalformedHead),
        }
    }

    fn end_without_body(&mut self, head: Head) -> Progress {
        let weight = weight(&head);
        if !self.account.cover(weight) {
            return self.over_budget();
        }
        self.state = State::Body(Box::new(self.incoming(head, Framing::Empty, weight)));
        self.finish_response(Some(Truncation::Interrupted))
    }

    fn start_body(&mut self, head: Head, end: End, bytes: &[u8]) -> Progress {
        if head.over_limit {
            self.note(Anomaly::HeadLimit);
        }
        let bodiless = self.ask.head || (self.ask.connect && (200..300).contains(&head.status));
        let (framing, odd) = Framing::of(&head, bodiless);
        if let Some(anomaly) = odd {
            self.note(anomaly);
        }
        if head.transfer_coded {
            self.note(Anomaly::UnknownEncoding);
        }
        let weight = weight(&head);
        if !self.account.cover(weight) {
            return self.over_budget();
        }
        self.reusable =
            head.keep_alive && framing != Framing::UntilClose && head.status != 101 && !(self.ask.connect && bodiless);
        self.state = State::Body(Box::new(self.incoming(head, framing, weight)));
        self.push_body(bytes.get(end.used..).unwrap_or(&[]))
    }

    fn incoming(&mut self, head: Head, framing: Framing, weight: usize) -> Incoming {
        let codings = if framing == Framing::Empty { Vec::new() } else { self.codings(&head) };
        let body = Body::new(&codings, self.limits, self.ask.window, self.deadline);
        Incoming { head, framing: Decoder::new(framing, self.limits), body, weight, draining: false }
    }

    /// The codings to undo: all of them, or none where one is unknown or there are too many.
    fn codings(&mut self, head: &Head) -> Vec<Coding> {
        if head.codings.len() > self.limits.encodings {
            self.note(Anomaly::TooManyEncodings);
            return Vec::new();
        }
        let known: Option<Vec<Coding>> = head.codings.iter().copied().collect();
        known.unwrap_or_else(|| {
            self.note(Anomaly::UnknownEncoding);
            Vec::new()
        })
    }
}

fn weight(head: &Head) -> usize {
    head.raw.len() + head.headers.len() * FIELD_WEIGHT
}
