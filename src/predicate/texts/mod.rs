//! The texts of an answer as sequences ask for them: parts, numbers, fields and cookies by name.
//!
//! Takes an answer and whether it led on to another; gives bytes and values. Invariant: a text is made at most once per
//! answer, on first use. Must never import a folder above `expr`.

use std::sync::OnceLock;

use bytes::Bytes;

use super::Answer;
use super::transcript::{fields, head, lower, read};
use crate::base::{Unknown, Value};
use crate::observation::Response;

/// A text of an answer that is asked about often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The decoded body.
    Body,
    /// Status line and fields, written out again.
    Head,
    /// The head, then the body.
    Response,
    /// The body, then the head.
    All,
}

impl Part {
    /// The part of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "body" => Some(Self::Body),
            "header" | "all_headers" => Some(Self::Head),
            "response" | "raw" => Some(Self::Response),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// The texts of one answer of a chain.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    answer: &'a Answer,
    /// Whether it led on to another answer: its body is not read then.
    is_hop: bool,
}

impl<'a> Texts<'a> {
    /// The texts of an answer; `is_hop`: of one that redirected.
    pub fn of(answer: &'a Answer, is_hop: bool) -> Self {
        Self { answer, is_hop }
    }

    /// The answer.
    pub fn answer(&self) -> &'a Answer {
        self.answer
    }

    /// The status code; `None` where there was no response.
    pub fn status(&self) -> Option<u16> {
        self.answer.response().map(|response| response.status)
    }

    /// A part as bytes.
    ///
    /// # Errors
    /// Where the byte budget is used up.
    pub fn part(&self, part: Part) -> Result<Bytes, Unknown> {
        match part {
            Part::Head => Ok(self.head().clone()),
            Part::Body => Ok(self.body()),
            Part::Response | Part::All if self.is_hop => Ok(self.head().clone()),
            Part::Response => self.joined(&self.answer.transcript.response, |head, body| [head, body].concat()),
            Part::All => self.joined(&self.answer.transcript.reversed, |head, body| [body, head].concat()),
        }
    }

    /// A part in lower case.
    ///
    /// # Errors
    /// Where the byte budget is used up.
    pub fn lower(&self, part: Part) -> Result<Bytes, Unknown> {
        let text = self.part(part)?;
        let cell = match part {
            _ if self.is_hop => None,
            Part::Body => self.answer.transcript.lower.first(),
            Part::Head => self.answer.transcript.lower.get(1),
            Part::Response => self.answer.transcript.lower.get(2),
            Part::All => None,
        };
        let make = || self.answer.pay(text.len()).map(|()| lower(&text));
        cell.map_or_else(|| Ok(lower(&text)), |cell| cell.get_or_init(make).clone())
    }

    /// The value of that name, as expressions see it: a part, a number, a field or a cookie.
    ///
    /// # Errors
    /// Where the byte budget is used up.
    pub fn value(&self, name: &str) -> Result<Option<Value>, Unknown> {
        let Some(response) = self.answer.response() else { return Ok(None) };
        if name != "raw"
            && name != "all"
            && let Some(part) = Part::named(name)
        {
            return self.part(part).map(|text| Some(Value::Text(text)));
        }
        let exchange = self.answer.exchange();
        Ok(match name {
            "status_code" => Some(Value::Float(f64::from(response.status))),
            "content_length" => Some(Value::Float(self.content_length(response))),
            "duration" => {
                let timing = &exchange.timing;
                Some(Value::Float((timing.connect + timing.handshake + timing.first_byte).as_secs_f64()))
            }
            "matched" => Some(Value::from(exchange.probe.url())),
            "request" => Some(Value::Text(exchange.probe.wire.expose().clone())),
            "timeout" => Some(Value::Bool(false)),
            "type" => Some(Value::from("http")),
            "ip" => exchange.remote.map(|remote| Value::from(remote.ip().to_string())),
            _ => fields::field(exchange, response, name).or_else(|| fields::cookie(response, name)),
        })
    }

    fn head(&self) -> &'a Bytes {
        self.answer.transcript.head.get_or_init(|| {
            self.answer.response().map_or_else(Bytes::new, |response| head::write(self.answer.exchange(), response))
        })
    }

    fn body(&self) -> Bytes {
        if self.is_hop {
            return Bytes::new();
        }
        self.answer.transcript.body.get_or_init(|| self.answer.response().map_or_else(Bytes::new, read)).clone()
    }

    fn content_length(&self, response: &Response) -> f64 {
        let said = head::framing(self.answer.exchange(), response).length;
        said.map_or_else(|| self.body().len() as f64, |length| length as f64)
    }

    fn joined(
        &self,
        cell: &OnceLock<Result<Bytes, Unknown>>,
        join: impl FnOnce(&[u8], &[u8]) -> Vec<u8>,
    ) -> Result<Bytes, Unknown> {
        let make = || {
            let (head, body) = (self.head(), self.body());
            self.answer.pay(head.len() + body.len())?;
            Ok(join(head, &body).into())
        };
        cell.get_or_init(make).clone()
    }
}

#[cfg(test)]
mod tests;
