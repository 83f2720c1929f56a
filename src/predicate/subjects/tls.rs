//! TLS facts: of the connection that an answer came over, of a handshake, of a survey.
//!
//! Where a rule's own handshake or survey brought facts, those count; else the exchange's session is read. Invariant: the
//! fields here are those that `content::tls` gives. Must never import a folder above `expr`.

use super::{Below, SubjectSpec};
use crate::predicate::kind::{ValueKind, field, in_full, surveyed};
use crate::predicate::views::{Field, Shape};

pub(super) const SPECS: &[SubjectSpec] = &[SubjectSpec {
    name: "tls",
    kind: ValueKind::Map,
    words: &[],
    below: Below::Fields(FIELDS),
    summary: "The TLS session: version, cipher, certificate, chain; of a survey also protocols, suites, groups and behaviour",
    example: "tls.certificate.days_left: { less_than: 30 }",
}];

const VERSIONS: &[&str] = &["SSLv2.0", "SSLv3.0", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
const TEXTS: Shape = Shape::List(&Shape::Text);

/// Every fact of TLS, and what is needed to know it.
pub(super) const FIELDS: &[Field] = &[
    field("version", Shape::OneOf(VERSIONS), "The protocol version negotiated."),
    field("cipher", Shape::Text, "The cipher suite's IANA name."),
    field("alpn", Shape::Text, "The application protocol chosen; absent where none was."),
    field("group", Shape::Text, "The group of the key exchange; absent where there was none."),
    field("trusted", Shape::Bool, "Whether the chain leads to a trusted root for this host."),
    field("untrusted", Shape::Text, "Why the chain is not trusted; absent where it is."),
    surveyed("client_certificate", Shape::Bool, "Whether the server asks for a client certificate."),
    field("certificate", Shape::Map(CERTIFICATE), "The server's own certificate."),
    surveyed(
        "timestamps",
        Shape::Number,
        "Timestamps of certificate transparency (RFC 6962), in the certificate, beside it and in the stapled response.",
    ),
    field("staple", Shape::Map(STAPLE), "The stapled OCSP response; absent where none was sent."),
    field("chain", Shape::Map(SENT), "The chain as sent."),
    surveyed(
        "other_certificates",
        Shape::List(&Shape::Map(OTHER)),
        "The certificates that other clients are presented with: by a key of another kind, or under another version.",
    ),
    surveyed(
        "revocation",
        Shape::Map(REVOCATION),
        "What the authorities said that the certificate names; absent unless they were asked (`--tls-online`).",
    ),
    surveyed("resumption", Shape::Map(RESUMPTION), "What sessions can be resumed by, as far as it was seen."),
    surveyed("depth", Shape::OneOf(&["quick", "full"]), "How much the survey asked."),
    surveyed("starttls", Shape::Text, "The protocol that was upgraded to TLS; absent where TLS was spoken at once."),
    surveyed(
        "instead",
        Shape::OneOf(&["plaintext", "closes", "resets", "silent", "no-upgrade", "puts-off", "mute"]),
        "What the port does instead of TLS; absent where it speaks TLS.",
    ),
    surveyed("protocols", Shape::List(&Shape::OneOf(VERSIONS)), "The versions spoken, oldest first."),
    surveyed("speaks", Shape::Map(SPEAKS), "Whether each version is spoken."),
    surveyed(
        "versions",
        Shape::List(&Shape::Map(VERSION)),
        "Each version spoken, newest first, with its suites and whose order of them decides.",
    ),
    in_full(
        "suites",
        Shape::List(&Shape::Map(SUITE)),
        "The cipher suites that the server chose, newest versions first, in the order chosen.",
    ),
    surveyed(
        "weak",
        Shape::Map(WEAK),
        "The names of weak cipher suites that the server takes, by what is wrong with them.",
    ),
    surveyed("forward_secret", Shape::Bool, "Whether the server takes a forward secret key exchange at all."),
    surveyed("authenticated", Shape::Bool, "Whether the server takes authenticated encryption (AEAD) at all."),
    in_full(
        "preference",
        Shape::OneOf(&["server", "client"]),
        "Whose order of suites decides, under the newest version below TLS 1.3 that takes more than one, as none of TLS 1.3's is weak; TLS 1.3's where nothing older is spoken; absent where there is but one.",
    ),
    in_full("groups", TEXTS, "The groups of key exchanges that the server chose, in order."),
    in_full(
        "signature_schemes",
        TEXTS,
        "The schemes that the server signs handshakes with, those of TLS 1.3 first, in the order chosen.",
    ),
    in_full("weak_groups", TEXTS, "Those of the groups that are weaker than RSA of 2048 bits."),
    in_full("post_quantum", Shape::Bool, "Whether the server takes a group that withstands quantum computers."),
    surveyed("dh", Shape::Map(DH), "The weakest Diffie-Hellman parameters sent; absent where none were."),
    surveyed(
        "export_rsa_bits",
        Shape::Number,
        "Bits of the temporary RSA key of an export suite; absent where none was sent.",
    ),
    surveyed("compression", Shape::Bool, "Whether the server takes compression."),
    surveyed(
        "secure_renegotiation",
        Shape::Bool,
        "Whether the server speaks RFC 5746; absent where it speaks TLS 1.3 alone.",
    ),
    in_full(
        "client_renegotiation",
        Shape::Bool,
        "Whether clients may begin a second handshake on a connection; full surveys alone ask.",
    ),
    surveyed(
        "extended_master_secret",
        Shape::Bool,
        "Whether the server speaks RFC 7627; absent where it was not seen.",
    ),
    surveyed("encrypt_then_mac", Shape::Bool, "Whether the server speaks RFC 7366; absent where it was not seen."),
    surveyed(
        "fallback",
        Shape::OneOf(&["protected", "unprotected", "not-needed"]),
        "What TLS_FALLBACK_SCSV does (RFC 7507).",
    ),
    in_full(
        "without_name",
        Shape::OneOf(&["same", "other", "refused"]),
        "What the server presents to clients without SNI, compared with what it presents to others.",
    ),
    in_full("application_protocols", TEXTS, "The application protocols that the server takes (ALPN)."),
    surveyed(
        "intolerance",
        Shape::List(&Shape::OneOf(&["needs_padding", "needs_short_hellos", "refuses_tls13_hellos", "warns_of_name"])),
        "What the server does not bear in a hello.",
    ),
    surveyed(
        "extensions",
        TEXTS,
        "The extensions that the server answered with, by IANA's names, in the order of their numbers.",
    ),
    surveyed("addresses", Shape::List(&Shape::Map(ADDRESS)), "The name's other addresses."),
    surveyed(
        "attacks",
        Shape::List(&Shape::OneOf(&[
            "drown",
            "freak",
            "logjam",
            "poodle",
            "crime",
            "rc4",
            "sweet32",
            "beast",
            "robot-prone",
            "lucky13",
        ])),
        "The attacks that what the server takes allows, by their names; none is ever tried.",
    ),
    surveyed(
        "grade",
        Shape::OneOf(&["A+", "A", "A-", "B", "C", "D", "E", "F", "T", "M"]),
        "The letter by SSL Labs' criteria, as far as a survey tells.",
    ),
    surveyed("mozilla", Shape::Map(MOZILLA), "Which of Mozilla's profiles the server keeps to, HSTS apart."),
    in_full("jarm", Shape::Text, "The JARM fingerprint."),
    surveyed("ja3s", Shape::Text, "The JA3S fingerprint of the answer to an ordinary hello."),
    surveyed("ja4s", Shape::Text, "The JA4S fingerprint of the answer to an ordinary hello."),
    surveyed("hellos", Shape::Number, "Hellos that the survey sent."),
    surveyed("connections", Shape::Number, "Connections that the survey made."),
    surveyed("unknown", TEXTS, "The facts that could not be told, by name: a condition on one is inconclusive."),
    surveyed("unasked", TEXTS, "The facts that the survey did not ask for, by name."),
    surveyed("open", TEXTS, "The lists that may go on, by name."),
];

const SENT: &[Field] = &[
    field("length", Shape::Number, "Certificates sent."),
    field("certificates", Shape::List(&Shape::Map(ITEM)), "The certificates, the server's own first."),
    field("complete", Shape::Bool, "Whether nothing on the way to a root is missing; unknown where a root may be."),
    field("ordered", Shape::Bool, "Whether each certificate certifies the one before it."),
    field("problems", Shape::List(&Shape::OneOf(FAULTS)), "Everything that is wrong, worst first."),
    field("root", Shape::Text, "The trusted root that it leads to, by its name; absent where there is none."),
    field("public", Shape::Bool, "Whether that root is one that browsers ship."),
    field("missing", Shape::Text, "The issuer that is neither sent nor a root, by its name."),
];

const FAULTS: &[&str] = &[
    "no-certificate",
    "malformed",
    "revoked",
    "expired",
    "not-yet-valid",
    "wrong-name",
    "no-names",
    "self-signed",
    "incomplete",
    "untrusted-root",
    "unproven",
    "bad-signature",
    "unverified",
    "weak-signature",
    "wrong-purpose",
    "not-an-authority",
    "invalid",
    "weak-key",
    "misordered",
    "superfluous",
    "root-sent",
];

const STAPLE: &[Field] = &[
    field("status", Shape::OneOf(&["good", "revoked", "unknown", "error", "malformed"]), "What it says."),
    field(
        "usable",
        Shape::Bool,
        "Whether it can be relied on: begun, not over, for this certificate, not signed by a stranger.",
    ),
    field("stale", Shape::Bool, "Whether it is over."),
    field("this_update", Shape::Time, "Since when it is so."),
    field("next_update", Shape::Time, "By when there will be a newer one."),
    field("revoked_at", Shape::Time, "When the certificate was revoked."),
    field("reason", Shape::Text, "Why the certificate was revoked (RFC 5280 §5.3.1)."),
    field("fits", Shape::Bool, "Whether it is about the certificate that it came with."),
    field("signed", Shape::Bool, "Whether the issuer signed it; absent where that could not be checked."),
];

const REVOCATION: &[Field] = &[
    field("status", Shape::OneOf(&["good", "revoked", "unknown"]), "What is to be believed."),
    field(
        "source",
        Shape::OneOf(&["ocsp", "crl"]),
        "How the authority was asked that decides; absent where none does.",
    ),
    field("url", Shape::Text, "Where it was asked."),
    field("reason", Shape::Text, "Why the certificate was revoked (RFC 5280 §5.3.1)."),
    field("revoked_at", Shape::Time, "When the certificate was revoked."),
];

const RESUMPTION: &[Field] = &[
    in_full("ids", Shape::Bool, "By identifiers (TLS 1.2 and older)."),
    in_full("tickets", Shape::Bool, "By tickets."),
    field("early_data", Shape::Number, "Bytes of early data that a ticket allows; 0 where it allows none."),
];

const SPEAKS: &[Field] = &[
    field("ssl20", Shape::Bool, "SSL 2.0."),
    field("ssl30", Shape::Bool, "SSL 3.0."),
    field("tls10", Shape::Bool, "TLS 1.0."),
    field("tls11", Shape::Bool, "TLS 1.1."),
    field("tls12", Shape::Bool, "TLS 1.2."),
    field("tls13", Shape::Bool, "TLS 1.3."),
];

const WEAK: &[Field] = &[
    field("unencrypted", TEXTS, "NULL: nothing is encrypted."),
    field("anonymous", TEXTS, "Nobody proves who they are."),
    field("export", TEXTS, "Keys kept short for export."),
    field("des", TEXTS, "DES and RC2."),
    field("rc4", TEXTS, "RC4."),
    field("triple_des", TEXTS, "Triple DES."),
    field("block64", TEXTS, "Other ciphers of 64-bit blocks."),
    field("md5", TEXTS, "A MAC of MD5."),
    in_full("static_rsa", TEXTS, "The key goes encrypted to the certificate's RSA key."),
    in_full("static_keys", TEXTS, "Another key exchange without forward secrecy."),
    in_full("cbc", TEXTS, "CBC with the MAC before encryption."),
];

/// Fields of a version, as items of `tls.versions` have them.
pub(in crate::predicate) const VERSION: &[Field] = &[
    field("protocol", Shape::OneOf(VERSIONS), "The version."),
    field("suites", TEXTS, "The names of the suites that the server chose under it, in the order chosen."),
    field(
        "preference",
        Shape::OneOf(&["server", "client"]),
        "Whose order of suites decides under it; absent where there is but one, or that was not asked.",
    ),
    field("complete", Shape::Bool, "Whether every suite was asked for, so that what is not there is refused."),
];

/// Fields of a cipher suite, as items of `tls.suites` have them.
pub(in crate::predicate) const SUITE: &[Field] = &[
    field("name", Shape::Text, "IANA's name."),
    field("openssl", Shape::Text, "OpenSSL's name, where it has or had one."),
    field("number", Shape::Number, "IANA's number."),
    field("protocols", Shape::List(&Shape::OneOf(VERSIONS)), "The versions under which it was chosen."),
    field("key_exchange", Shape::Text, "How the key is agreed on: `ECDHE`, `RSA`; `any` with TLS 1.3."),
    field("authentication", Shape::Text, "What proves who the server is: `RSA`, `ECDSA`, `none`."),
    field("cipher", Shape::Text, "The cipher with its mode: `AES-128-GCM`."),
    field("bits", Shape::Number, "Bits of its key that are secret."),
    field("mac", Shape::Text, "The MAC's hash; `AEAD` where the cipher does without."),
    field("authenticated", Shape::Bool, "Whether it is authenticated encryption."),
    field("forward_secret", Shape::Bool, "Whether its key exchange is forward secret."),
    field(
        "classes",
        Shape::List(&Shape::OneOf(&[
            "null",
            "anonymous",
            "export",
            "des",
            "rc4",
            "3des",
            "block64",
            "md5",
            "static-rsa",
            "static",
            "cbc",
        ])),
        "What is wrong with it, worst first.",
    ),
];

const DH: &[Field] = &[
    field("bits", Shape::Number, "Bits of the prime."),
    field("origin", Shape::Text, "Whose prime it is, where many servers share it."),
];

/// Fields of another address, as items of `tls.addresses` have them.
pub(in crate::predicate) const ADDRESS: &[Field] = &[
    field("address", Shape::Text, "The address."),
    field("version", Shape::Text, "The version negotiated there."),
    field("error", Shape::Text, "Why no handshake came about there."),
    field(
        "differs",
        Shape::List(&Shape::OneOf(&["certificate", "version", "trust", "handshake", "old-protocols"])),
        "What differs from the address that was surveyed.",
    ),
];

const MOZILLA: &[Field] = &[
    field(
        "profile",
        Shape::OneOf(&["modern", "intermediate", "old", "none"]),
        "The strictest profile that it keeps to.",
    ),
    field("modern", TEXTS, "What keeps it from the profile `modern`; absent where nothing does."),
    field("intermediate", TEXTS, "What keeps it from the profile `intermediate`; absent where nothing does."),
    field("old", TEXTS, "What keeps it from the profile `old`; absent where nothing does."),
];

macro_rules! certificate_and {
    ($($more:expr),*) => {
        &[
            field("subject", Shape::Text, "Its subject (RFC 4514): `CN=a.example,O=Example,C=US`."),
            field("common_name", Shape::Text, "The common name of its subject."),
            field("issuer", Shape::Text, "Its issuer (RFC 4514)."),
            field("title", Shape::Text, "Its common name, else its first name, else its subject."),
            field("names", TEXTS, "The names and addresses that it is for."),
            field("wildcard", Shape::Bool, "Whether some name has a wildcard."),
            field("serial", Shape::Text, "Its serial number in hexadecimal."),
            field("not_before", Shape::Time, "From when it is valid."),
            field("not_after", Shape::Time, "Until when it is valid."),
            field("days_left", Shape::Number, "Whole days until it ends, from when it was seen; negative after that."),
            field("valid_days", Shape::Number, "Days from beginning to end; any part of a day counts as one."),
            field("most_valid_days", Shape::Number, "The days that the CA/Browser Forum allows a certificate that begins when this one does."),
            field("days_over_limit", Shape::Number, "Days by which it is valid for longer than that; absent where it is not."),
            field("self_signed", Shape::Bool, "Whether it is signed with its own key."),
            field("authority", Shape::Bool, "Whether it is an authority's."),
            field("path_length", Shape::Number, "How many authorities may stand between it and the server's; absent where it does not say."),
            field("key", Shape::Map(KEY), "Its key."),
            field("signature", Shape::Map(SIGNATURE), "What it is signed with."),
            field("usages", TEXTS, "What its key may be used for."),
            field("purposes", TEXTS, "What it may be used for: `server-auth`; absent where it says nothing."),
            field("policies", TEXTS, "The identifiers of its policies."),
            field("validation", Shape::OneOf(&["dv", "ov", "iv", "ev"]), "How thoroughly its holder was looked at, where its policies say."),
            field("timestamps", Shape::Number, "Timestamps of certificate transparency in it."),
            field("must_staple", Shape::Bool, "Whether servers have to staple an OCSP response (RFC 7633)."),
            field("ocsp", TEXTS, "Where to ask whether it is revoked."),
            field("revocation_lists", TEXTS, "Where lists of revoked certificates are."),
            field("issuer_addresses", TEXTS, "Where its issuer's certificate is."),
            field("sha1", Shape::Text, "SHA-1 of the whole certificate."),
            field("sha256", Shape::Text, "SHA-256 of the whole certificate."),
            field("pin", Shape::Text, "SHA-256 of its public key, in base 64 (RFC 7469)."),
            $($more),*
        ]
    };
}

/// Fields of the server's certificate.
const CERTIFICATE: &[Field] = certificate_and!();

/// Fields of a certificate, as items of `tls.chain.certificates` have them.
pub(in crate::predicate) const ITEM: &[Field] = certificate_and!(
    field("place", Shape::Number, "Its place in the chain as sent, from 0."),
    field("used", Shape::Bool, "Whether it is on the way to the root."),
    field("problems", Shape::List(&Shape::OneOf(FAULTS)), "What is wrong with it.")
);

/// Fields of another certificate, as items of `tls.other_certificates` have them.
pub(in crate::predicate) const OTHER: &[Field] = certificate_and!(
    field("protocol", Shape::OneOf(VERSIONS), "A version under which it was presented."),
    field("trusted", Shape::Bool, "Whether its chain leads to a trusted root for this host."),
    field("untrusted", Shape::Text, "Why it is not trusted; absent where it is."),
    field("problems", Shape::List(&Shape::OneOf(FAULTS)), "Everything that is wrong with its chain, worst first.")
);

const KEY: &[Field] = &[
    field("kind", Shape::OneOf(&["rsa", "rsa-pss", "ec", "ed25519", "ed448", "dsa", "ml-dsa", "other"]), "Its kind."),
    field("bits", Shape::Number, "Its bits."),
    field("curve", Shape::Text, "The curve, of a key on one."),
    field("weak", Shape::Bool, "Whether it is too short: RSA below 2048 bits, a curve below 224, DSA."),
];

const SIGNATURE: &[Field] = &[
    field("algorithm", Shape::Text, "The algorithm's name."),
    field("identifier", Shape::Text, "The algorithm's object identifier."),
    field("hash", Shape::Text, "The hash that is signed: `SHA-256`."),
    field("weak", Shape::Bool, "Whether the hash is SHA-1 or older."),
];
