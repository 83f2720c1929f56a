//! Lists of revoked certificates (RFC 5280 §5).
//!
//! Invariant: a list is walked, never built in memory, so that its length costs time alone; a list that is not of the whole
//! authority, or of another part of it than the certificate names, says nothing of what it leaves out. Must never import a folder above `observation`.

use super::Question;
use crate::observation::{RevocationAnswer, RevocationProblem, RevocationSource, RevocationStatus};
use crate::tls::certificate;
use crate::tls::der::{
    BITS, BOOLEAN, ENUMERATED, Element, Elements, GENERALIZED_TIME, INTEGER, OCTETS, SEQUENCE, UTC_TIME,
};
use crate::tls::ocsp::{is_current, is_signed_by, reason_of};

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
    if !is_current((list.this_update, list.next_update), question.now) {
        return failed(RevocationProblem::OutOfDate);
    }
    // Serial numbers of a list with entries of other authorities say nothing by themselves.
    if list.is_indirect() {
        return failed(RevocationProblem::OtherCertificate);
    }
    match list.find(question.leaf.raw_serial()) {
        // A list of changes takes off what an older one had.
        Some(Entry { reason: Some("remove-from-crl"), .. }) => RevocationAnswer { problem: None, ..answer },
        Some(entry) => RevocationAnswer {
            status: RevocationStatus::Revoked,
            problem: None,
            revoked_at: entry.at,
            reason: entry.reason.map(str::to_owned),
            ..answer
        },
        None if list.covers(&certificate::lists(question.leaf)) => {
            RevocationAnswer { status: RevocationStatus::Good, problem: None, ..answer }
        }
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
    extensions: Option<Element<'a>>,
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
        Some(Self { signed, algorithm, signature, issuer, this_update, next_update, entries, extensions })
    }

    /// Its extensions; `None` for one that cannot be read.
    fn extensions(&self) -> impl Iterator<Item = Option<Extension<'a>>> {
        self.extensions.into_iter().flat_map(|all| all.elements()).map(|extension| Extension::read(&extension))
    }

    /// Whether it has entries of other authorities than its own (RFC 5280 §5.2.5, `indirectCRL`).
    fn is_indirect(&self) -> bool {
        self.extensions().flatten().any(|extension| {
            let point = Elements(extension.value).pick(SEQUENCE).filter(|_| extension.id == DISTRIBUTION_POINT);
            point.is_some_and(|point| point.elements().any(|field| field.tag == 0x84))
        })
    }

    /// Whether it speaks of all server certificates, for any reason, of the part of its authority that is at one of these
    /// addresses.
    fn covers(&self, addresses: &[String]) -> bool {
        self.extensions().all(|extension| leaves_nothing_out(extension, addresses))
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

/// An extension of a list or of an entry.
struct Extension<'a> {
    id: &'a [u8],
    is_critical: bool,
    value: &'a [u8],
}

impl<'a> Extension<'a> {
    fn read(extension: &Element<'a>) -> Option<Self> {
        let mut fields = extension.elements();
        let id = fields.next()?.content;
        let is_critical = fields.pick(BOOLEAN).is_some_and(|critical| critical.content != [0]);
        Some(Self { id, is_critical, value: fields.pick(OCTETS)?.content })
    }
}

fn reason(extension: &Element<'_>) -> Option<&'static str> {
    let extension = Extension::read(extension)?;
    let number = Elements(extension.value).pick(ENUMERATED)?.content.first()?;
    (extension.id == REASON).then(|| reason_of(*number))
}

/// Whether an extension of a list does not leave a certificate out that names these addresses: its distribution point is
/// one of them, and not for authorities, attributes or some reasons only (RFC 5280 §5.2.5 and §6.3.3 b 2), and it is no list
/// of changes. One that is critical and not known here may say anything (RFC 5280 §5.2).
fn leaves_nothing_out(extension: Option<Extension<'_>>, addresses: &[String]) -> bool {
    /// `deltaCRLIndicator`, 2.5.29.27.
    const DELTA: [u8; 3] = [0x55, 0x1D, 0x1B];
    match extension {
        Some(Extension { id, .. }) if id == DELTA => false,
        Some(Extension { id, value, .. }) if id == DISTRIBUTION_POINT => {
            let point = Elements(value).pick(SEQUENCE);
            point.is_some_and(|point| {
                point.elements().all(|field| match field.tag {
                    0xA0 => is_named(&field, addresses),
                    tag => tag == 0x81,
                })
            })
        }
        Some(Extension { is_critical, .. }) => !is_critical,
        None => false,
    }
}

/// Whether the name of a distribution point is one of these addresses.
fn is_named(point: &Element<'_>, addresses: &[String]) -> bool {
    let names = point.elements().pick(0xA0).map(|names| names.elements());
    let mut urls = names.into_iter().flatten().filter(|name| name.tag == 0x86);
    urls.any(|url| addresses.iter().any(|address| address.as_bytes() == url.content))
}
