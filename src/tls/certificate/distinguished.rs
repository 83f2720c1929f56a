//! Distinguished names as text, the last part first: `CN=a.example,O=Example\, Inc.,C=US` (RFC 4514).
//!
//! Takes parsed names. Invariant: a value in whatever kind of string is the same text, and one that is none is written in
//! hexadecimal, never guessed. Must never import a folder above `observation`.

use data_encoding::HEXLOWER;
use x509_parser::asn1_rs::Tag;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::tls::der;

/// Short names of attributes by their identifiers (RFC 4519, RFC 2985, and those of extended validation).
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

/// The short name of an attribute; `None` where it has none.
pub(crate) fn short_name(identifier: &str) -> Option<&'static str> {
    SHORT.iter().find(|(known, _)| *known == identifier).map(|(_, short)| *short)
}

/// A whole name. Parts without a short name are written by their identifier and in hexadecimal (RFC 4514 §2.4).
pub(in crate::tls) fn text(name: &X509Name<'_>) -> String {
    let sets = name.iter_rdn().map(|set| set.iter().map(attribute).collect::<Vec<_>>().join("+"));
    let sets: Vec<String> = sets.collect();
    sets.into_iter().rev().collect::<Vec<_>>().join(",")
}

/// The last attribute of that kind: the most specific one.
pub(super) fn last_of(name: &X509Name<'_>, identifier: &str) -> Option<String> {
    name.iter_attributes().filter(|part| part.attr_type().to_id_string() == identifier).last().and_then(value)
}

fn attribute(part: &AttributeTypeAndValue<'_>) -> String {
    let identifier = part.attr_type().to_id_string();
    match (short_name(&identifier), value(part)) {
        (Some(short), Some(value)) => format!("{short}={}", escaped(&value).replace('\0', "\\00")),
        (short, _) => format!("{}=#{}", short.unwrap_or(&identifier), HEXLOWER.encode(&encoded(part))),
    }
}

/// The element that a value is.
fn encoded(part: &AttributeTypeAndValue<'_>) -> Vec<u8> {
    let header = &part.attr_value().header;
    // Numbers from 31 on take more bytes, and no attribute has them.
    let number = u8::try_from(header.tag().0).unwrap_or(0x1F) & 0x1F;
    let form = if header.constructed() { 0x20 } else { 0 };
    der::write((header.class() as u8) << 6 | form | number, part.as_slice())
}

/// The text of a value; `None` where it is no string, or a malformed one.
fn value(part: &AttributeTypeAndValue<'_>) -> Option<String> {
    let bytes = part.as_slice();
    match part.attr_value().tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        // What T.61 says, nobody writes: it is Latin-1 where it is used.
        Tag::T61String => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let (pairs, []) = bytes.as_chunks() else { return None };
            char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair))).collect::<Result<_, _>>().ok()
        }
        Tag::UniversalString => {
            let (fours, []) = bytes.as_chunks() else { return None };
            fours.iter().map(|four| char::from_u32(u32::from_be_bytes(*four))).collect()
        }
        _ => None,
    }
}

/// A value with the marks of RFC 4514 §2.4 before what would be read otherwise.
pub(crate) fn escaped(value: &str) -> String {
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
