//! Lists of revoked certificates (RFC 5280 §5).
//!
//! Invariant: a list is walked, never built in memory, so that its length costs time alone; a list that is not of the whole
//! authority says nothing of what it leaves out. Must never import a folder above `observation`.

use super::Question;
use crate::observation::{RevocationAnswer, RevocationProblem, RevocationSource, RevocationStatus};
use crate::tls::der::{BITS, ENUMERATED, Element, Elements, GENERALIZED_TIME, INTEGER, OCTETS, SEQUENCE, UTC_TIME};
use crate::tls::ocsp::{is_signed_by, reason_of};

/// Seconds by which clocks may differ.
const SKEW: i64 = 300;
/// `issuingDistributionPoint`, 2.5.29.28.
const DISTRIBUTION_POINT: [u8; 3] = [0x55, 0x1D, 0x1C];
/// `reasonCode`, 2.5.29.21.
const REASON: [u8; 3] = [0x55, 0x1D, 0x15];

/// What a list from that address says.
pub fn judge_list(der: &[u8], question: Question<'_>, url: &str) -> RevocationAnswer {
    let none = |problem| RevocationAnswer::none(RevocationSource::List, url, problem);
    let Some(list) = List::read(der) else { return none(RevocationProblem::Malformed) };
    let answer = RevocationAnswer { next_update: list.next_update, ..none(RevocationProblem::Malformed) };
    let failed = |problem| RevocationAnswer { problem: Some(problem), ..answer.clone() };
    if list.issuer.whole != question.leaf.issuer().as_raw() {
        return failed(RevocationProblem::OtherCertificate);
    }
    if is_signed_by(question.issuer.public_key(), (&list.signed, &list.algorithm, &list.signature)) != Some(true) {
        return failed(RevocationProblem::NotSigned);
    }
    let begun = list.this_update.is_some_and(|since| since <= question.now + SKEW);
    let over = list.next_update.is_some_and(|until| until < question.now - SKEW);
    if !begun || over {
        return failed(RevocationProblem::OutOfDate);
    }
    match list.find(question.leaf.raw_serial()) {
        Some(entry) => RevocationAnswer {
            status: RevocationStatus::Revoked,
            problem: None,
            revoked_at: entry.at,
            reason: entry.reason.map(str::to_owned),
            ..answer
        },
        None if list.is_whole => RevocationAnswer { status: RevocationStatus::Good, problem: None, ..answer },
        None => RevocationAnswer { problem: None, ..answer },
    }
}

/// The parts of a list.
struct List<'a> {
    signed: Element<'a>,
    algorithm: Element<'a>,
    signature: Element<'a>,
    issuer: Element<'a>,
    this_update: Option<i64>,
    next_update: Option<i64>,
    entries: Option<Element<'a>>,
    /// Whether it speaks of all server certificates of its authority, for any reason.
    is_whole: bool,
}

/// What a list says of a certificate.
struct Entry {
    at: Option<i64>,
    reason: Option<&'static str>,
}

impl<'a> List<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut parts = Elements(der).pick(SEQUENCE)?.elements();
        let (signed, algorithm, signature) = (parts.pick(SEQUENCE)?, parts.pick(SEQUENCE)?, parts.pick(BITS)?);
        let mut fields = signed.elements();
        let _version = fields.pick(INTEGER);
        let _algorithm = fields.pick(SEQUENCE)?;
        let issuer = fields.pick(SEQUENCE)?;
        let this_update = take_time(&mut fields)?.time();
        let next_update = take_time(&mut fields).and_then(|next| next.time());
        let entries = fields.pick(SEQUENCE);
        let extensions = fields.pick(0xA0).and_then(|all| all.elements().pick(SEQUENCE));
        let is_whole = extensions.is_none_or(|all| all.elements().all(|extension| leaves_nothing_out(&extension)));
        Some(Self { signed, algorithm, signature, issuer, this_update, next_update, entries, is_whole })
    }

    fn find(&self, serial: &[u8]) -> Option<Entry> {
        let bare = |bytes: &'_ [u8]| bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
        let wanted = serial.get(bare(serial)..)?;
        let is_wanted = |entry: &Element<'_>| {
            let number = entry.elements().pick(INTEGER).map_or(&[][..], |number| number.content);
            number.get(bare(number)..) == Some(wanted)
        };
        let entry = self.entries?.elements().find(is_wanted)?;
        let mut fields = entry.elements();
        let _serial = fields.pick(INTEGER);
        let at = take_time(&mut fields).and_then(|at| at.time());
        let reason = fields.pick(SEQUENCE).and_then(|all| all.elements().find_map(|extension| reason(&extension)));
        Some(Entry { at, reason })
    }
}

fn take_time<'a>(fields: &mut Elements<'a>) -> Option<Element<'a>> {
    fields.pick(UTC_TIME).or_else(|| fields.pick(GENERALIZED_TIME))
}

/// The identifier of an extension and its value.
fn extension_of<'a>(extension: &Element<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let mut fields = extension.elements();
    let id = fields.next()?.content;
    let _critical = fields.pick(1);
    Some((id, fields.pick(OCTETS)?.content))
}

fn reason(extension: &Element<'_>) -> Option<&'static str> {
    let (id, value) = extension_of(extension)?;
    let number = Elements(value).pick(ENUMERATED)?.content.first()?;
    (id == REASON).then(|| reason_of(*number))
}

/// Whether an extension of a list does not narrow it: its distribution point is not for authorities, attributes or some
/// reasons only (RFC 5280 §5.2.5), and it is no list of changes.
fn leaves_nothing_out(extension: &Element<'_>) -> bool {
    /// `deltaCRLIndicator`, 2.5.29.27.
    const DELTA: [u8; 3] = [0x55, 0x1D, 0x1B];
    match extension_of(extension) {
        Some((id, _)) if id == DELTA => false,
        Some((id, value)) if id == DISTRIBUTION_POINT => {
            let point = Elements(value).pick(SEQUENCE);
            point.is_some_and(|point| point.elements().all(|field| matches!(field.tag, 0xA0 | 0x81)))
        }
        _ => true,
    }
}
