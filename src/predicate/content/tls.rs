//! TLS sessions as values: version, cipher, certificates.
//!
//! Invariant: a certificate that cannot be parsed has no fields, and is still counted in the chain.
//! Must never import a folder above `expr`.

use std::sync::Arc;

use bytes::Bytes;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::base::{Timestamp, Value};
use crate::observation::TlsSession;

/// Certificates of a chain that are read.
const CHAIN: usize = 16;
/// Names of a certificate that are read.
const NAMES: usize = 1000;
const DAY: i64 = 86_400;

/// The facts of a session.
pub(in crate::predicate) fn facts(session: &TlsSession, now: Timestamp) -> Value {
    let certificates: Vec<Value> = session.chain.iter().take(CHAIN).map(|der| certificate(der, now)).collect();
    let mut fields = vec![
        ("version", Value::from(session.version.as_str())),
        ("cipher", Value::from(session.cipher.as_str())),
        ("trusted", Value::Bool(session.untrusted.is_none())),
    ];
    fields.extend(session.alpn.as_deref().map(|alpn| ("alpn", Value::from(alpn))));
    fields.extend(session.untrusted.as_deref().map(|why| ("untrusted", Value::from(why))));
    fields.extend(certificates.first().map(|own| ("certificate", own.clone())));
    let length = Value::Int(i64::try_from(session.chain.len()).unwrap_or(i64::MAX));
    fields.push(("chain", Value::map([("length", length), ("certificates", Value::list(certificates))])));
    Value::map(fields)
}

fn certificate(der: &Bytes, now: Timestamp) -> Value {
    let Ok((_, parsed)) = X509Certificate::from_der(der) else {
        return Value::Map(Arc::new([]));
    };
    let (begins, ends) = (parsed.validity().not_before.timestamp(), parsed.validity().not_after.timestamp());
    let mut fields = vec![
        ("subject", Value::from(parsed.subject().to_string())),
        ("issuer", Value::from(parsed.issuer().to_string())),
        ("names", Value::list(names(&parsed))),
        ("serial", Value::from(data_encoding::HEXLOWER.encode(parsed.raw_serial()))),
        ("days_left", Value::Int(ends.saturating_sub(now.as_second()).div_euclid(DAY))),
        ("valid_days", Value::Int(ends.saturating_sub(begins).div_euclid(DAY))),
        ("self_signed", Value::Bool(parsed.subject() == parsed.issuer())),
        ("signature", Value::from(parsed.signature_algorithm.algorithm.to_id_string())),
    ];
    let instant = |second| Timestamp::from_second(second).ok().map(Value::Time);
    fields.extend(instant(begins).map(|at| ("not_before", at)));
    fields.extend(instant(ends).map(|at| ("not_after", at)));
    let bits = parsed.public_key().parsed().ok().and_then(|key| i64::try_from(key.key_size()).ok());
    fields.extend(bits.map(|bits| ("key_bits", Value::Int(bits))));
    Value::map(fields)
}

fn names(parsed: &X509Certificate<'_>) -> Vec<Value> {
    let Ok(Some(extension)) = parsed.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(Value::from(*name)),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(|ip| std::net::Ipv4Addr::from(ip).to_string());
            let text =
                four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(|ip| std::net::Ipv6Addr::from(ip).to_string()));
            text.ok().map(Value::from)
        }
        _ => None,
    };
    extension.value.general_names.iter().take(NAMES).filter_map(name).collect()
}
