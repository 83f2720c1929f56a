//! Places and evidence: from the bytes that decided to what people see.
//!
//! Invariant: everything that leaves here is redacted and bounded. Must never import a folder above `plan`.

use std::ops::Range;
use std::sync::Arc;

use super::token::FoundToken;
use super::trace::{Spot, Trace, Weight};
use crate::base::Timestamp;
use crate::finding::{Evidence, Place, curl_line, masked, redact, redact_around, redact_head, redact_url};
use crate::observation::{Exchange, HttpProbe, Observation};
use crate::predicate::observed::told;
use crate::predicate::{Answer, Hops, ReplyState, Scope};

/// Bytes of context on each side of a spot.
const CONTEXT: usize = 48;
/// The longest spot shown.
const SNIPPET: usize = 240;
/// Bytes on each side that are redacted together with a spot.
const WIDE: usize = 512;
/// The longest head shown.
const HEAD: usize = 4096;
/// The most conditions listed.
const DECIDED: usize = 12;

/// The place of a match: the judged answer, or the first answer that decided.
pub(super) fn place_of(traces: &[Trace], scope: Scope<'_>, tokens: &[FoundToken]) -> Place {
    let spots: Vec<&Spot> = traces.iter().flat_map(Trace::decisive).collect();
    let answer = judged(scope).cloned().or_else(|| decisive(&spots, scope));
    let here = |spot: &&&Spot| match (&spot.answer, &answer) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        _ => false,
    };
    let token = tokens.first().filter(|_| answer.is_some());
    let range = spots.iter().filter(here).find_map(|spot| spot.in_body.clone());
    let range = token.map(|token| token.served.clone()).or(range);
    let otherwise = || observed(scope).map(|seen| evidence_of_other(seen, scope.host.now)).unwrap_or_default();
    let evidence = answer.as_ref().map_or_else(otherwise, |answer| evidence_of(answer, range.clone()));
    let mut place = Place { evidence, ..place_at(answer.as_ref(), scope) };
    if let (Some(range), Some(answer)) = (range, answer.as_ref().filter(|answer| answer.response().is_some())) {
        locate(&mut place, answer, &range);
    }
    if let (Some(token), Some(answer)) = (token, &answer) {
        place.source = token.source.clone();
        place.evidence.snippet = token_snippet(&answer.body(), token);
    }
    place.evidence.decided_by = decided_by(&spots);
    place
}

/// Of the item's own answers, in the order of its requests, the first that decided; else the first at all. The order of
/// conditions does not matter, and an answer to a random path is no place.
fn decisive(spots: &[&Spot], scope: Scope<'_>) -> Option<Arc<Answer>> {
    let hops = scope.requests.iter().flatten().filter_map(|reply| match &reply.state {
        ReplyState::Answered(hops) => Some(hops),
        ReplyState::Observed(_) | ReplyState::Called(_) | ReplyState::NotAsked | ReplyState::Unknown(_) => None,
    });
    let decided = |answer: &&Arc<Answer>| {
        spots.iter().any(|spot| spot.answer.as_ref().is_some_and(|other| Arc::ptr_eq(other, answer)))
    };
    let first = hops.clone().flat_map(|hops| hops.all()).find(decided);
    first.or_else(|| hops.clone().next().map(Hops::last)).cloned()
}

/// The place of a match by its URL alone, and where it is a token by the bytes that it takes.
pub(super) fn bare_place(scope: Scope<'_>, tokens: &[FoundToken]) -> Place {
    let answer = judged(scope);
    let mut place = place_at(answer, scope);
    if let (Some(token), Some(answer)) = (tokens.first(), answer) {
        locate(&mut place, answer, &token.served);
        place.source = token.source.clone();
    }
    place
}

fn judged(scope: Scope<'_>) -> Option<&Arc<Answer>> {
    match scope.reply.map(|reply| &reply.state) {
        Some(ReplyState::Answered(hops)) => Some(hops.last()),
        _ => None,
    }
}

/// What a probe of another protocol brought: the judged one's, else the first one's.
fn observed<'a>(scope: Scope<'a>) -> Option<&'a Observation> {
    let all = scope.reply.into_iter().chain(scope.requests.iter().flatten());
    all.map(|reply| &reply.state).find_map(|state| match state {
        ReplyState::Observed(observation) => Some(&**observation),
        _ => None,
    })
}

fn place_at(answer: Option<&Arc<Answer>>, scope: Scope<'_>) -> Place {
    let elsewhere = || observed(scope).map_or_else(|| scope.host.origin.to_string(), |seen| seen.probe.to_string());
    let is_file = answer.is_some_and(|answer| answer.exchange().probe.origin.is_files());
    Place { url: answer.map_or_else(elsewhere, |a| shown_url(&a.exchange().probe)), is_file, ..Place::default() }
}

/// The URL asked for, with secrets in its parameters masked; of a file, its path relative to the target.
fn shown_url(probe: &HttpProbe) -> String {
    if probe.origin.is_files() {
        let path = String::from_utf8_lossy(&probe.target);
        return path.strip_prefix('/').unwrap_or(&path).to_owned();
    }
    String::from_utf8_lossy(&redact_url(probe.url().as_bytes())).into_owned()
}

/// What decided, the most telling first. What only sets the scene, or rules out one of many exceptions, is told where
/// nothing else is.
fn decided_by(spots: &[&Spot]) -> Vec<String> {
    let mut sorted = spots.to_vec();
    sorted.sort_by_key(|spot| spot.weight);
    let enough = sorted.first().map(|first| first.weight.max(Weight::NoException));
    let mut lines: Vec<String> = Vec::new();
    for spot in sorted.iter().filter(|spot| Some(spot.weight) <= enough) {
        let line = format!("{}: {}", spot.subject, spot.shown);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.truncate(DECIDED);
    lines
}

/// Says where in the body a place's decisive bytes stand.
pub(super) fn locate(place: &mut Place, answer: &Answer, range: &Range<usize>) {
    let body = answer.body();
    let before = body.get(..range.start).unwrap_or(&body);
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    place.offset = Some(range.start as u64);
    place.length = Some(range.len() as u64);
    place.line = Some(answer.line_at(before.len()));
    place.column = Some((before.len() - line_start) as u64 + 1);
}

/// What was sent and came back, with the decisive bytes of the body.
pub(super) fn evidence_of(answer: &Arc<Answer>, range: Option<Range<usize>>) -> Evidence {
    let exchange = answer.exchange();
    let response = exchange.response.as_ref().ok();
    if exchange.probe.origin.is_files() {
        let snippet = response.zip(range).map(|(response, range)| snippet(&response.body, &range));
        return Evidence { snippet: snippet.unwrap_or_default(), ..Evidence::default() };
    }
    Evidence {
        request: request_text(&exchange.probe),
        status: response.map_or(0, |response| response.status),
        head: head_text(exchange),
        snippet: response.zip(range).map(|(response, range)| snippet(&response.body, &range)).unwrap_or_default(),
        curl: curl_line(&exchange.probe),
        decided_by: Vec::new(),
    }
}

/// What a probe of another protocol sent and brought.
pub(super) fn evidence_of_other(seen: &Observation, now: Timestamp) -> Evidence {
    let (request, response) = told(seen, now);
    let shown = |bytes: &[u8], most: usize| {
        let bytes = bytes.get(..most).unwrap_or(bytes);
        let bytes = if seen.probe.is_of_tls() { bytes.to_vec() } else { redact(bytes) };
        String::from_utf8_lossy(&bytes).trim_end().to_owned()
    };
    let head = seen.seen.as_ref().err().map(ToString::to_string).unwrap_or_default();
    Evidence { request: shown(&request, HEAD), head, snippet: shown(&response, SNIPPET), ..Evidence::default() }
}

/// The request's head as sent, credentials masked.
fn request_text(probe: &HttpProbe) -> String {
    shown_head(probe.wire.expose())
}

fn head_text(exchange: &Exchange) -> String {
    match &exchange.response {
        Ok(response) => shown_head(&response.head),
        Err(error) => error.to_string(),
    }
}

fn shown_head(head: &[u8]) -> String {
    let shown = redact_head(head.get(..head.len().min(HEAD)).unwrap_or(head));
    String::from_utf8_lossy(&shown).trim_end().to_string()
}

/// The decisive bytes with a little around them, within their line. A wider window is redacted before it is cut, so that a
/// secret keeps the name that gives it away; where redaction moved the text, the middle of the window is shown.
fn snippet(body: &[u8], range: &Range<usize>) -> String {
    let end = range.end.min(range.start + SNIPPET);
    let wide_start = line_start(body, range.start, WIDE);
    let wide_end = line_end(body, end, WIDE);
    let before = redact(body.get(wide_start..range.start).unwrap_or(b""));
    let whole = redact(body.get(wide_start..wide_end).unwrap_or(b""));
    let from = before.len().min(whole.len()).saturating_sub(CONTEXT);
    let to = before.len().saturating_add(end - range.start + CONTEXT).min(whole.len());
    String::from_utf8_lossy(whole.get(from.min(to)..to).unwrap_or(b"")).into_owned()
}

/// What stands around a token within its line, each side redacted by itself, and what is shown of the token.
fn token_snippet(body: &[u8], token: &FoundToken) -> String {
    let Range { start, end } = token.served.clone();
    let before = redact_around(body.get(line_start(body, start, WIDE)..start).unwrap_or(b""));
    let after = redact_around(body.get(end..line_end(body, end, WIDE)).unwrap_or(b""));
    let before = before.get(before.len().saturating_sub(CONTEXT)..).unwrap_or(&before);
    let after = after.get(..CONTEXT.min(after.len())).unwrap_or(&after);
    let shown = masked(&token.value);
    String::from_utf8_lossy(&[before, shown.as_bytes(), after].concat()).into_owned()
}

/// Where the line that holds `at` starts, at most `reach` bytes before.
fn line_start(body: &[u8], at: usize, reach: usize) -> usize {
    let from = at.saturating_sub(reach);
    memchr::memrchr(b'\n', body.get(from..at).unwrap_or(b"")).map_or(from, |found| from + found + 1)
}

/// Where the line that holds `at` ends, at most `reach` bytes after.
fn line_end(body: &[u8], at: usize, reach: usize) -> usize {
    let to = at.saturating_add(reach).min(body.len());
    memchr::memchr(b'\n', body.get(at..to).unwrap_or(b"")).map_or(to, |found| at + found)
}
