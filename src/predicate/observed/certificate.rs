//! The facts of a certificate that searches ask for: names, dates, fingerprints, what is wrong with it.
//!
//! Invariant: only what a certificate says and the names it is compared with decide; a fact that is false is not there.
//! Must never import a folder above `expr`.

use data_encoding::HEXLOWER;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::names;
use crate::base::{Timestamp, Value};

const COMMON_NAME: &str = "2.5.4.3";
const ORGANIZATION: &str = "2.5.4.10";
/// Names of a certificate that are read.
const NAMES: usize = 1000;

/// One certificate, read.
pub(super) struct Certificate<'a> {
    der: &'a [u8],
    parsed: X509Certificate<'a>,
    /// The names in its extension.
    names: Vec<String>,
    emails: Vec<String>,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate; `None` where it is malformed.
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        let (mut names, mut emails) = (Vec::new(), Vec::new());
        if let Ok(Some(extension)) = parsed.subject_alternative_name() {
            for name in extension.value.general_names.iter().take(NAMES) {
                match name {
                    GeneralName::DNSName(name) => names.push((*name).to_owned()),
                    GeneralName::RFC822Name(name) => emails.push((*name).to_owned()),
                    _ => {}
                }
            }
        }
        Some(Self { der, parsed, names, emails })
    }

    /// Its facts by name, in the order of a report; `host` is the name that was asked for.
    pub(super) fn facts(&self, host: &str, is_trusted: bool, now: Timestamp) -> Vec<(&'static str, Value)> {
        let (subject, issuer) = (self.parsed.subject(), self.parsed.issuer());
        let common = |name| names::values(name, COMMON_NAME).pop().unwrap_or_default();
        let own: Vec<String> = [common(subject)].into_iter().chain(self.names.iter().cloned()).collect();
        let validity = self.parsed.validity();
        let flag = |name, holds: bool| holds.then_some((name, Value::Bool(true)));
        let text = |name, text: String| (!text.is_empty()).then(|| (name, Value::from(text)));
        let list = |name, items: Vec<String>| {
            (!items.is_empty()).then(|| (name, Value::list(items.into_iter().map(Value::from).collect::<Vec<_>>())))
        };
        let facts = [
            flag("expired", validity.not_after.timestamp() < now.as_second()),
            flag("self_signed", self.is_self_signed()),
            flag("mismatched", !own.iter().any(|name| is_for(name, host))),
            flag("untrusted", !is_trusted),
            moment(validity.not_before.timestamp()).map(|at| ("not_before", at)),
            moment(validity.not_after.timestamp()).map(|at| ("not_after", at)),
            text("subject_dn", names::text(subject)),
            text("subject_cn", common(subject)),
            list("subject_org", names::values(subject, ORGANIZATION)),
            list("subject_an", self.names.clone()),
            list("domains", domains(&own)),
            text("serial", serial(self.parsed.raw_serial())),
            text("issuer_dn", names::text(issuer)),
            text("issuer_cn", common(issuer)),
            list("issuer_org", names::values(issuer, ORGANIZATION)),
            list("emails", self.emails.clone()),
            Some(("fingerprint_hash", self.fingerprints())),
            flag("wildcard_certificate", own.iter().any(|name| name.contains("*."))),
        ];
        facts.into_iter().flatten().collect()
    }

    /// Whether it names no authority but itself.
    fn is_self_signed(&self) -> bool {
        let (mut own, mut authority) = (None, None);
        for extension in self.parsed.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(id) => own = Some(id.0),
                ParsedExtension::AuthorityKeyIdentifier(id) => authority = id.key_identifier.as_ref().map(|id| id.0),
                _ => {}
            }
        }
        authority.is_none_or(|authority| authority.is_empty() || Some(authority) == own)
    }

    /// Whether it says that it is the end of a chain, and no root is known by that name and key.
    pub(super) fn is_unknown_root(&self) -> bool {
        let is_authority = self.parsed.is_ca() && self.is_self_signed();
        let (subject, key) = (self.parsed.subject().as_raw(), self.parsed.public_key().raw);
        // Trust anchors hold the contents of these fields, without what announces them.
        let known = |anchor: &rustls::pki_types::TrustAnchor<'_>| {
            subject.ends_with(&anchor.subject) && key.ends_with(&anchor.subject_public_key_info)
        };
        is_authority && !webpki_roots::TLS_SERVER_ROOTS.iter().any(known)
    }

    fn fingerprints(&self) -> Value {
        Value::map([
            ("md5", Value::from(HEXLOWER.encode(&Md5::digest(self.der)))),
            ("sha1", Value::from(HEXLOWER.encode(&Sha1::digest(self.der)))),
            ("sha256", Value::from(HEXLOWER.encode(&Sha256::digest(self.der)))),
        ])
    }
}

fn moment(seconds: i64) -> Option<Value> {
    Timestamp::from_second(seconds).ok().map(Value::Time)
}

/// Pairs of hexadecimal digits, colons between them.
fn serial(bytes: &[u8]) -> String {
    let bytes = bytes.iter().skip_while(|byte| **byte == 0);
    bytes.map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// Names without the stars before them, each once.
fn domains(names: &[String]) -> Vec<String> {
    let mut domains: Vec<String> = Vec::new();
    for name in names.iter().skip(1).chain(names.first()).filter(|name| !name.is_empty()) {
        let bare = name.strip_prefix("*.").unwrap_or(name).to_owned();
        if !domains.contains(&bare) {
            domains.push(bare);
        }
    }
    domains
}

/// Whether a name of a certificate is for a host. A star stands within one label; only the first label's counts.
fn is_for(name: &str, host: &str) -> bool {
    if !name.contains('*') {
        return name.eq_ignore_ascii_case(host);
    }
    let (mut names, mut hosts) = (name.split('.'), host.split('.'));
    let (Some(first), Some(label)) = (names.next(), hosts.next()) else { return false };
    let fits = match first.split_once('*') {
        Some((before, after)) => label.starts_with(before) && label.ends_with(after),
        None => first.eq_ignore_ascii_case(label),
    };
    fits && names.map(str::to_ascii_lowercase).eq(hosts.map(str::to_ascii_lowercase))
}
