//! Options of the EDNS pseudo-record and parameters of service bindings, in presentation form (RFC 6891, RFC 9460).
//!
//! Invariant: an option that has no form here is shown by its number and bytes. Must never open a socket.

use std::net::{Ipv4Addr, Ipv6Addr};

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};

use super::reader::{Malformed, Reader, quoted};

/// The extended errors by number (RFC 8914 §5.2).
const ERRORS: [&str; 25] = [
    "Other",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
];

/// The options, a line each.
pub(super) fn edns_options(data: &mut Reader<'_>) -> Result<String, Malformed> {
    let mut text = String::new();
    while !data.is_empty() {
        let (code, length) = (data.u16()?, data.u16()?);
        let mut value = data.part(usize::from(length))?;
        let line = match code {
            3 => {
                let bytes = value.rest();
                let letters: String = bytes.iter().map(|byte| format!("({})", char::from(*byte))).collect();
                format!("NSID: {}  {letters}", HEXLOWER.encode(bytes))
            }
            10 => format!("COOKIE: {}", HEXLOWER.encode(value.rest())),
            12 => format!("PADDING: {}", HEXUPPER.encode(value.rest())),
            15 => {
                let number = value.u16()?;
                let name = ERRORS.get(usize::from(number)).map(|name| format!(" ({name})")).unwrap_or_default();
                format!("EDE: {number}{name}: ({})", String::from_utf8_lossy(value.rest()))
            }
            code => format!("LOCAL OPT: {code}:0x{}", HEXLOWER.encode(value.rest())),
        };
        text.push_str(&format!("\n; {line}"));
    }
    Ok(text)
}

/// The parameters, a space before each.
pub(super) fn service_parameters(data: &mut Reader<'_>) -> Result<String, Malformed> {
    let mut text = String::new();
    while !data.is_empty() {
        let (key, length) = (data.u16()?, data.u16()?);
        let value = parameter(key, &mut data.part(usize::from(length))?)?;
        text.push_str(&format!(" {}={value}", key_name(key)));
    }
    Ok(text)
}

fn key_name(key: u16) -> String {
    const NAMES: [&str; 9] =
        ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp"];
    NAMES.get(usize::from(key)).map_or_else(|| format!("key{key}"), |name| (*name).to_owned())
}

/// A parameter's value in quotes.
fn parameter(key: u16, value: &mut Reader<'_>) -> Result<String, Malformed> {
    let mut items: Vec<String> = Vec::new();
    match key {
        3 => items.push(value.u16()?.to_string()),
        5 => items.push(BASE64.encode(value.rest())),
        0 | 1 | 4 | 6 => {
            while !value.is_empty() {
                items.push(match key {
                    0 => key_name(value.u16()?),
                    1 => String::from_utf8_lossy(value.counted()?).into_owned(),
                    4 => Ipv4Addr::from(<[u8; 4]>::try_from(value.bytes(4)?).map_err(|_| Malformed)?).to_string(),
                    _ => Ipv6Addr::from(<[u8; 16]>::try_from(value.bytes(16)?).map_err(|_| Malformed)?).to_string(),
                });
            }
        }
        _ => return Ok(quoted(value.rest())),
    }
    Ok(format!("\"{}\"", items.join(",")))
}
