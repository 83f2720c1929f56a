//! Certificates as values.
//!
//! Invariant: a certificate that cannot be read has no fields but its place, and is still counted in the chain.
//! Must never import a folder above `expr`.

use std::sync::Arc;

use super::{Fields, number, texts};
use crate::base::{Timestamp, Value};
use crate::tls::certificate::Certificate;

/// The facts of a certificate at a time, in seconds since 1970.
pub(super) fn value(certificate: &Certificate, now: i64) -> Fields {
    let extensions = &certificate.extensions;
    let mut fields = vec![
        ("subject", Value::from(certificate.subject.as_str())),
        ("issuer", Value::from(certificate.issuer.as_str())),
        ("title", Value::from(certificate.title())),
        ("serial", Value::from(certificate.serial.as_str())),
        ("days_left", Value::Int(certificate.days_left(now))),
        ("valid_days", Value::Int(certificate.valid_days())),
        ("self_signed", Value::Bool(certificate.is_self_signed)),
        ("authority", Value::Bool(extensions.is_authority)),
        ("wildcard", Value::Bool(certificate.is_wildcard)),
        ("must_staple", Value::Bool(extensions.must_staple)),
        ("timestamps", number(extensions.timestamps)),
        ("sha1", Value::from(certificate.sha1.as_str())),
        ("sha256", Value::from(certificate.sha256.as_str())),
        ("pin", Value::from(certificate.pin.as_str())),
        ("key", Value::map(key(certificate))),
        ("signature", Value::map(signature(certificate))),
    ];
    let text = |name, text: Option<&String>| text.map(|text| (name, Value::from(text.as_str())));
    fields.extend(text("common_name", certificate.common_name.as_ref()));
    fields.extend(texts("names", certificate.names.iter().map(ToString::to_string)));
    // The end that means none (RFC 5280 §4.1.2.5) is some hours beyond the last instant that there is.
    let instant = |second: i64| Timestamp::from_second(second.min(Timestamp::MAX.as_second())).ok().map(Value::Time);
    fields.extend(instant(certificate.not_before).map(|at| ("not_before", at)));
    fields.extend(instant(certificate.not_after).map(|at| ("not_after", at)));
    fields.extend(certificate.longest_valid_days().map(|days| ("most_valid_days", Value::Int(days))));
    let over = certificate.longest_valid_days().map(|most| certificate.valid_days() - most);
    fields.extend(over.filter(|over| *over > 0).map(|over| ("days_over_limit", Value::Int(over))));
    fields.extend(extensions.path_length.map(|length| ("path_length", Value::Int(i64::from(length)))));
    fields.extend(texts("usages", extensions.usages.iter().copied()));
    fields.extend(texts("purposes", extensions.purposes.iter().map(String::as_str)));
    fields.extend(texts("policies", extensions.policies.iter().map(String::as_str)));
    fields.extend(extensions.validation.map(|validation| ("validation", Value::from(validation.name()))));
    fields.extend(texts("ocsp", extensions.ocsp.iter().map(String::as_str)));
    fields.extend(texts("revocation_lists", extensions.lists.iter().map(String::as_str)));
    fields.extend(texts("issuer_addresses", extensions.issuers.iter().map(String::as_str)));
    fields
}

fn key(certificate: &Certificate) -> Fields {
    let key = &certificate.key;
    let mut fields = vec![("kind", Value::from(key.kind.name())), ("weak", Value::Bool(key.is_weak()))];
    fields.extend(key.bits.map(|bits| ("bits", Value::Int(i64::from(bits)))));
    fields.extend(key.curve.map(|curve| ("curve", Value::from(curve))));
    fields
}

fn signature(certificate: &Certificate) -> Fields {
    let signature = &certificate.signature;
    let mut fields = vec![
        ("algorithm", Value::from(signature.name.as_str())),
        ("identifier", Value::from(signature.identifier.as_str())),
        ("weak", Value::Bool(signature.is_weak())),
    ];
    fields.extend(signature.hash.map(|hash| ("hash", Value::from(hash))));
    fields
}

/// No facts at all.
pub(super) fn nothing() -> Value {
    Value::Map(Arc::new([]))
}
