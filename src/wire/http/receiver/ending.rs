//! The receiver's ends: whole, cut off, odd, or failed.
//!
//! Takes the receiver's state, leaves it finished. Invariant: a finished receiver stays finished, and only a whole
//! answer without anomalies leaves the connection reusable. Must never import sockets.

use bytes::Bytes;

use super::super::body::Stop;
use super::{Failure, Incoming, Progress, Receiver, State};
use crate::observation::{Anomaly, ErrorKind, ProbeError, Response, Truncation};

impl Receiver<'_> {
    /// Ends reading early; the connection is lost with what would still have come.
    pub(super) fn stop(&mut self, stop: Stop) -> Progress {
        self.reusable = false;
        let truncated = match stop {
            Stop::Window => None,
            Stop::Limit => Some(Truncation::BodyLimit),
            Stop::Broken => Some(Truncation::BadEncoding),
            Stop::Time => Some(Truncation::Late),
            Stop::Budget => return self.over_budget(),
        };
        match self.state {
            State::Bare(_) => self.finish_bare(truncated),
            _ => self.finish_as(truncated, stop == Stop::Window),
        }
    }

    /// Finishes a response whose bytes are all there, or were cut off.
    pub(super) fn finish_response(&mut self, truncated: Option<Truncation>) -> Progress {
        let draining = matches!(&self.state, State::Body(incoming) if incoming.draining);
        self.reusable &= truncated.is_none() && self.anomalies.is_empty();
        self.finish_as(truncated.filter(|_| !draining), draining)
    }

    /// Finishes; `whole` says that the probe wanted no more than this.
    fn finish_as(&mut self, truncated: Option<Truncation>, whole: bool) -> Progress {
        let State::Body(incoming) = std::mem::replace(&mut self.state, State::Head) else {
            return Progress::Done;
        };
        let Incoming { head, body, .. } = *incoming;
        let (body, badly_coded) = body.finish();
        self.state = State::Finished(Ok(Response {
            version: head.version,
            status: head.status,
            reason: head.reason,
            headers: head.headers,
            head: head.raw,
            body,
            wire_bytes: self.received,
            truncated: truncated.or(badly_coded.filter(|_| !whole)),
            anomalies: std::mem::take(&mut self.anomalies),
        }));
        Progress::Done
    }

    /// An answer without a head that can be read: its bytes are the body, the status is 0.
    pub(super) fn finish_bare(&mut self, truncated: Option<Truncation>) -> Progress {
        let State::Bare(body) = std::mem::replace(&mut self.state, State::Head) else {
            return Progress::Done;
        };
        let (body, _) = body.finish();
        let version = if self.anomalies.contains(&Anomaly::Http09) { "HTTP/0.9" } else { "HTTP/1.1" };
        self.reusable = false;
        self.state = State::Finished(Ok(Response {
            version,
            status: 0,
            reason: Bytes::new(),
            headers: Vec::new(),
            head: Bytes::new(),
            body,
            wire_bytes: self.received,
            truncated,
            anomalies: std::mem::take(&mut self.anomalies),
        }));
        Progress::Done
    }

    pub(super) fn over_budget(&mut self) -> Progress {
        self.fail_with(ErrorKind::Budget, "the byte budget of the scan is used up")
    }

    pub(super) fn fail_with(&mut self, kind: ErrorKind, detail: &str) -> Progress {
        self.fail(Failure::Error(ProbeError::new(kind, detail)))
    }

    pub(super) fn fail(&mut self, failure: Failure) -> Progress {
        self.reusable = false;
        self.state = State::Finished(Err(failure));
        Progress::Done
    }
}
