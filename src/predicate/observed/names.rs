//! Distinguished names as text, the last part first (RFC 4514 §2.1).
//!
//! Invariant: attributes that are not of the usual kinds (an e-mail address, a serial number of the holder) stand once
//! more at the end: searches of certificates look for them there. Must never import a folder above `expr`.

use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::tls::certificate::distinguished::{escaped, short_name};

/// The attributes of a name that are not repeated at its end, by their identifiers.
const USUAL: [&str; 9] =
    ["2.5.4.3", "2.5.4.5", "2.5.4.6", "2.5.4.7", "2.5.4.8", "2.5.4.9", "2.5.4.10", "2.5.4.11", "2.5.4.17"];

/// A whole name.
pub(super) fn text(name: &X509Name<'_>) -> String {
    let sets: Vec<String> = name
        .iter_rdn()
        .map(|set| set.iter().map(attribute).collect::<Vec<_>>().join(", "))
        .filter(|set| !set.is_empty())
        .collect();
    let unusual = |part: &&AttributeTypeAndValue<'_>| !USUAL.contains(&&*part.attr_type().to_id_string());
    let again: Vec<String> = name.iter_attributes().filter(unusual).map(attribute).collect();
    sets.into_iter().rev().chain(again.into_iter().rev()).collect::<Vec<_>>().join(", ")
}

/// The values of one kind of attribute, in order.
pub(super) fn values(name: &X509Name<'_>, identifier: &str) -> Vec<String> {
    name.iter_attributes().filter(|part| part.attr_type().to_id_string() == identifier).map(value).collect()
}

fn attribute(part: &AttributeTypeAndValue<'_>) -> String {
    let identifier = part.attr_type().to_id_string();
    format!("{}={}", short_name(&identifier).unwrap_or(&identifier), escaped(&value(part)))
}

fn value(part: &AttributeTypeAndValue<'_>) -> String {
    match part.as_str() {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(part.as_slice()).into_owned(),
    }
}
