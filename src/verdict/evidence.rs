//! Places and evidence: from the bytes that decided to what people see.
//!
//! Invariant: everything that leaves here is redacted and bounded. Must never import a folder above `plan`.

use std::ops::Range;
use std::sync::Arc;

use super::trace::{Spot, Trace};
use crate::finding::{Evidence, Place, curl_line, redact, redact_header};
use crate::observation::{Exchange, HttpProbe};
use crate::predicate::{Answer, ReplyState, Scope};

/// Bytes of context on each side of a spot.
const CONTEXT: usize = 48;
/// The longest spot shown.
const SNIPPET: usize = 240;
/// The longest head shown.
const HEAD: usize = 4096;
/// The most conditions listed.
const DECIDED: usize = 12;

/// The place of a match: the judged answer, or the first answer that decided.
pub fn place_of(
    traces: &[Trace],
    scope: Scope<'_>,
    case: Option<Arc<str>>,
    extracted: Vec<(Arc<str>, String)>,
) -> Place {
    let spots: Vec<&Spot> = traces.iter().flat_map(Trace::decisive).collect();
    let judged = match scope.reply.map(|reply| &reply.state) {
        Some(ReplyState::Answered(hops)) => Some(Arc::clone(hops.last())),
        _ => None,
    };
    let answer = judged.or_else(|| spots.iter().find_map(|spot| spot.answer.clone()));
    let here = |spot: &&&Spot| match (&spot.answer, &answer) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        _ => false,
    };
    let range = spots.iter().filter(here).find_map(|spot| spot.in_body.clone());
    let mut place = Place {
        url: answer.as_ref().map_or_else(|| scope.host.origin.to_string(), |a| a.exchange().probe.url()),
        offset: None,
        length: None,
        line: None,
        column: None,
        case,
        extracted,
        evidence: answer.as_ref().map(|a| evidence_of(a, range.clone())).unwrap_or_default(),
        seen_in: None,
    };
    if let (Some(range), Some(body)) = (range, answer.as_ref().and_then(|a| a.response()).map(|r| &r.body)) {
        locate(&mut place, body, &range);
    }
    place.evidence.decided_by = decided_by(&spots);
    place
}

fn decided_by(spots: &[&Spot]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for spot in spots {
        let line = format!("{}: {}", spot.subject, spot.shown);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.truncate(DECIDED);
    lines
}

fn locate(place: &mut Place, body: &[u8], range: &Range<usize>) {
    let before = body.get(..range.start).unwrap_or(body);
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    place.offset = Some(range.start as u64);
    place.length = Some(range.len() as u64);
    place.line = Some(memchr::memchr_iter(b'\n', before).count() as u64 + 1);
    place.column = Some((before.len() - line_start) as u64 + 1);
}

fn evidence_of(answer: &Arc<Answer>, range: Option<Range<usize>>) -> Evidence {
    let exchange = answer.exchange();
    let response = exchange.response.as_ref().ok();
    Evidence {
        request: request_text(&exchange.probe),
        status: response.map_or(0, |response| response.status),
        head: head_text(exchange),
        snippet: response.zip(range).map(|(response, range)| snippet(&response.body, &range)).unwrap_or_default(),
        curl: curl_line(&exchange.probe),
        decided_by: Vec::new(),
    }
}

/// The request's head as sent, credentials masked.
fn request_text(probe: &HttpProbe) -> String {
    let wire = probe.wire.expose();
    let end = memchr::memmem::find(wire, b"\r\n\r\n").unwrap_or(wire.len());
    head_lines(wire.get(..end).unwrap_or(wire))
}

fn head_text(exchange: &Exchange) -> String {
    match &exchange.response {
        Ok(response) => head_lines(&response.head),
        Err(error) => error.to_string(),
    }
}

/// A head line by line, each field's value redacted by its name.
fn head_lines(head: &[u8]) -> String {
    let head = head.get(..head.len().min(HEAD)).unwrap_or(head);
    let lines = head.split(|b| *b == b'\n').enumerate().map(|(at, line)| {
        let line = line.trim_ascii_end();
        match memchr::memchr(b':', line).filter(|_| at > 0) {
            Some(colon) => {
                let (name, value) = line.split_at(colon);
                [name, b": ", &redact_header(name, value.get(1..).unwrap_or(b"").trim_ascii())].concat()
            }
            None => redact(line),
        }
    });
    let joined = lines.collect::<Vec<_>>().join(&b'\n');
    String::from_utf8_lossy(&joined).trim_end().to_string()
}

/// The decisive bytes with whole words around them, within their lines where these are short.
fn snippet(body: &[u8], range: &Range<usize>) -> String {
    let start = range.start.saturating_sub(CONTEXT);
    let end = range.end.min(range.start + SNIPPET).saturating_add(CONTEXT).min(body.len());
    let before = body.get(start..range.start).unwrap_or(b"");
    let line_start = memchr::memrchr(b'\n', before).map_or(start, |at| start + at + 1);
    let after_at = range.end.min(end);
    let after = body.get(after_at..end).unwrap_or(b"");
    let line_end = memchr::memchr(b'\n', after).map_or(end, |at| after_at + at);
    let text = body.get(line_start..line_end).unwrap_or(b"");
    String::from_utf8_lossy(&redact(text)).into_owned()
}
