//! Distinguished names as text, the last part first (RFC 4514 §2.1).
//!
//! Invariant: attributes that are not of the usual kinds (an e-mail address, a serial number of the holder) stand once
//! more at the end: searches of certificates look for them there. Must never import a folder above `expr`.

use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// The attributes of a name that are not repeated at its end, by their identifiers.
const USUAL: [&str; 9] =
    ["2.5.4.3", "2.5.4.5", "2.5.4.6", "2.5.4.7", "2.5.4.8", "2.5.4.9", "2.5.4.10", "2.5.4.11", "2.5.4.17"];

/// Short names of attributes (RFC 4519, RFC 2985).
const SHORT: [(&str, &str); 24] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.2.840.113549.1.9.2", "unstructuredName"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
];

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
    let short = SHORT.iter().find(|(known, _)| *known == identifier).map_or(&*identifier, |(_, short)| short);
    format!("{short}={}", escaped(&value(part)))
}

fn value(part: &AttributeTypeAndValue<'_>) -> String {
    match part.as_str() {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(part.as_slice()).into_owned(),
    }
}

/// A value with the marks of RFC 4514 §2.4 before what would be read otherwise.
fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::with_capacity(value.len());
    for (at, letter) in value.chars().enumerate() {
        let marked = match letter {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => true,
            ' ' => at == 0 || at == last,
            '#' => at == 0,
            _ => false,
        };
        if marked {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}
