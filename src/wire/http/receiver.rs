//! The receiver: everything between the first byte of an answer and a finished response.
//!
//! Takes bytes as they arrive and the end of the connection or of the time; gives an [`Outcome`]. Invariant: it holds no
//! more than the limits and the byte budget allow, whatever comes, and a connection on which anything odd happened is
//! never said to be reusable. Must never import sockets.

mod ending;
mod opening;

use std::time::Instant;

use super::body::{Account, Body, Stop};
use super::framing::{Decoder, Event};
use super::head::{Head, Scanner};
use crate::base::{Limits, Reservation};
use crate::observation::{Anomaly, ErrorKind, ProbeError, Response, Truncation};

/// Rest of a body that is read and dropped to keep a connection, once the window is full.
const MAX_DRAIN: u64 = 16 << 10;

/// What the request says about its answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask {
    /// The method is HEAD: the answer has no body.
    pub head: bool,
    /// The method is CONNECT: a 2xx answer has no body.
    pub connect: bool,
    /// Decoded body bytes after which the rest is not wanted.
    pub window: Option<u64>,
}

/// Whether more bytes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Yes.
    More,
    /// No: [`Receiver::finish`] has the outcome.
    Done,
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The connection ended before the first byte.
    Silent,
    /// The server answered with HTTP/2 frames.
    SpeaksHttp2,
    /// Anything else.
    Error(ProbeError),
}

/// What became of an exchange.
#[derive(Debug)]
pub struct Outcome {
    /// The response, or why there is none.
    pub result: Result<Response, Failure>,
    /// Whether the connection may carry another request.
    pub reusable: bool,
    /// What is held of the byte budget.
    pub reservation: Reservation,
}

#[derive(Debug)]
enum State {
    Head,
    Body(Box<Incoming>),
    /// No head, or none that can be read: everything until the end of the connection.
    Bare(Box<Body>),
    Finished(Result<Response, Failure>),
}

#[derive(Debug)]
struct Incoming {
    head: Head,
    framing: Decoder,
    body: Body,
    weight: usize,
    /// The window is full; the little that remains is dropped.
    draining: bool,
}

/// Receives one answer.
#[derive(Debug)]
pub struct Receiver<'a> {
    limits: &'a Limits,
    ask: Ask,
    deadline: Instant,
    account: Account,
    state: State,
    /// Head bytes of earlier pieces.
    pending: Vec<u8>,
    scanner: Scanner,
    received: u64,
    interim: usize,
    interim_bytes: usize,
    anomalies: Vec<Anomaly>,
    reusable: bool,
}

impl<'a> Receiver<'a> {
    /// A receiver of one answer; decoding stops at the deadline. `reservation` covers the request.
    pub fn new(limits: &'a Limits, ask: Ask, deadline: Instant, reservation: Reservation) -> Self {
        Self {
            limits,
            ask,
            deadline,
            account: Account::new(reservation),
            state: State::Head,
            pending: Vec::new(),
            scanner: Scanner::default(),
            received: 0,
            interim: 0,
            interim_bytes: 0,
            anomalies: Vec::new(),
            reusable: false,
        }
    }

    /// Bytes that came.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Whether the final head is complete.
    pub fn has_head(&self) -> bool {
        !matches!(self.state, State::Head)
    }

    /// Notes something odd that happened on the connection.
    pub fn note(&mut self, anomaly: Anomaly) {
        if !self.anomalies.contains(&anomaly) {
            self.anomalies.push(anomaly);
        }
    }

    /// Takes a piece.
    pub fn push(&mut self, bytes: &[u8]) -> Progress {
        self.received += bytes.len() as u64;
        match &self.state {
            State::Head => self.push_head(bytes),
            State::Body(_) => self.push_body(bytes),
            State::Bare(_) => self.push_bare(bytes),
            State::Finished(_) => Progress::Done,
        }
    }

    /// The connection ended in an orderly way.
    pub fn end(&mut self) -> Progress {
        match &self.state {
            State::Head if self.received == 0 => self.fail(Failure::Silent),
            State::Head if self.pending.is_empty() => {
                self.fail_with(ErrorKind::Reset, "the connection was closed after an interim response")
            }
            State::Head => {
                let pending = std::mem::take(&mut self.pending);
                self.start_bare(&pending, Anomaly::MalformedHead);
                self.finish_bare(Some(Truncation::Interrupted))
            }
            State::Body(incoming) if incoming.framing.ends_with_connection() => self.finish_response(None),
            State::Body(_) => self.finish_response(Some(Truncation::Interrupted)),
            State::Bare(_) => self.finish_bare(None),
            State::Finished(_) => Progress::Done,
        }
    }

    /// The connection broke, or the time is over: what came of a body is kept, and before that it is an error.
    pub fn interrupt(&mut self, kind: ErrorKind, detail: &str) -> Progress {
        let cut = if kind == ErrorKind::ResponseTimeout { Truncation::Late } else { Truncation::Interrupted };
        match &self.state {
            State::Head if self.received == 0 && kind == ErrorKind::Reset => self.fail(Failure::Silent),
            State::Head => self.fail_with(kind, detail),
            State::Body(_) => self.finish_response(Some(cut)),
            State::Bare(_) => self.finish_bare(Some(cut)),
            State::Finished(_) => Progress::Done,
        }
    }

    /// The outcome. An answer that is still under way counts as interrupted.
    pub fn finish(mut self) -> Outcome {
        if !matches!(self.state, State::Finished(_)) {
            self.interrupt(ErrorKind::Reset, "the answer was cut off");
        }
        let result = match self.state {
            State::Finished(result) => result,
            _ => Err(Failure::Silent),
        };
        Outcome { result, reusable: self.reusable, reservation: self.account.close() }
    }

    fn push_body(&mut self, mut bytes: &[u8]) -> Progress {
        let State::Body(incoming) = &mut self.state else {
            return Progress::Done;
        };
        loop {
            match incoming.framing.next(&mut bytes) {
                Event::More => return Progress::More,
                Event::Data(_) if incoming.draining => {}
                Event::Data(data) => {
                    let expected = incoming.framing.remaining().unwrap_or(0);
                    match incoming.body.push(data, expected, &mut self.account, incoming.weight) {
                        Ok(()) => {}
                        Err(Stop::Window) if incoming.framing.remaining().is_some_and(|left| left <= MAX_DRAIN) => {
                            incoming.draining = true;
                        }
                        Err(stop) => return self.stop(stop),
                    }
                }
                Event::Done => {
                    if !bytes.is_empty() {
                        self.reusable = false;
                        if bytes.iter().any(|b| !matches!(b, b'\r' | b'\n')) {
                            self.note(Anomaly::Unsolicited);
                        }
                    }
                    return self.finish_response(None);
                }
                Event::Broken(anomaly) => {
                    self.note(anomaly);
                    let cut = (anomaly != Anomaly::HeadLimit).then_some(Truncation::Interrupted);
                    return self.finish_response(cut);
                }
            }
        }
    }

    /// Takes everything until the end of the connection as the body.
    fn start_bare(&mut self, bytes: &[u8], why: Anomaly) -> Progress {
        self.note(why);
        self.state = State::Bare(Box::new(Body::new(&[], self.limits, self.ask.window, self.deadline)));
        self.push_bare(bytes)
    }

    fn push_bare(&mut self, bytes: &[u8]) -> Progress {
        let State::Bare(body) = &mut self.state else {
            return Progress::Done;
        };
        match body.push(bytes, 0, &mut self.account, 0) {
            Ok(()) => Progress::More,
            Err(stop) => self.stop(stop),
        }
    }
}
