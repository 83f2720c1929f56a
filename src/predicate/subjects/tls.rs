//! TLS facts of the connection that an answer came over.
//!
//! Where a rule's own handshake brought facts, those count; else the exchange's session is read. Invariant: the fields
//! here are those that [`crate::predicate::Answer::tls`] gives. Must never import a folder above `expr`.

use super::{Below, SubjectSpec};
use crate::predicate::kind::{ValueKind, field};
use crate::predicate::views::{Field, Shape};

pub(super) const SPECS: &[SubjectSpec] = &[SubjectSpec {
    name: "tls",
    kind: ValueKind::Map,
    words: &[],
    below: Below::Fields(FIELDS),
    summary: "The TLS session: version, cipher, certificate",
    example: "tls.certificate.days_left: { less_than: 30 }",
}];

const FIELDS: &[Field] = &[
    field("version", Shape::OneOf(&["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "The protocol version negotiated."),
    field("cipher", Shape::Text, "The cipher suite's IANA name."),
    field("alpn", Shape::Text, "The application protocol chosen; absent where none was."),
    field("trusted", Shape::Bool, "Whether the chain leads to a trusted root for this host."),
    field("untrusted", Shape::Text, "Why the chain is not trusted; absent where it is."),
    field("certificate", Shape::Map(CERTIFICATE), "The server's own certificate."),
    field("chain", Shape::Map(SENT), "The chain as sent."),
];

const SENT: &[Field] = &[
    field("length", Shape::Number, "Certificates sent."),
    field("certificates", Shape::List(&Shape::Map(CERTIFICATE)), "The certificates, the server's own first."),
];

/// Fields of a certificate, as items of `tls.chain.certificates` have them.
pub(in crate::predicate) const CERTIFICATE: &[Field] = &[
    field("subject", Shape::Text, "Its subject (RFC 4514)."),
    field("issuer", Shape::Text, "Its issuer (RFC 4514)."),
    field("names", Shape::List(&Shape::Text), "The names and addresses that it is for."),
    field("serial", Shape::Text, "Its serial number in hexadecimal."),
    field("not_before", Shape::Time, "From when it is valid."),
    field("not_after", Shape::Time, "Until when it is valid."),
    field("days_left", Shape::Number, "Whole days until it ends; negative after that."),
    field("valid_days", Shape::Number, "Whole days from beginning to end."),
    field("self_signed", Shape::Bool, "Whether subject and issuer are the same."),
    field("signature", Shape::Text, "The signature algorithm's object identifier."),
    field("key_bits", Shape::Number, "Bits of the public key."),
];
