//! Names that a certificate is for, and whether a host is one of them (RFC 9525).
//!
//! Must never import a folder above `observation`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::X509Certificate;

/// Names that are told. Whether a host is one of them is asked of all.
const NAMES: usize = 1000;

/// A name of a subjectAltName.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectName {
    /// A DNS name, perhaps with a wildcard as its first label.
    Dns(String),
    /// An address.
    Ip(IpAddr),
}

impl fmt::Display for SubjectName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => out.write_str(name),
            Self::Ip(address) => address.fmt(out),
        }
    }
}

/// The names of a certificate, as far as they are told.
#[derive(Default)]
pub(super) struct Names {
    /// The first of them.
    pub(super) told: Vec<SubjectName>,
    /// Whether there are more.
    pub(super) has_more: bool,
    /// Whether some name has a wildcard.
    pub(super) is_wildcard: bool,
}

/// The names of the extension; `None` where there is none.
pub(super) fn alternative(parsed: &X509Certificate<'_>) -> Option<Names> {
    let mut all = each(parsed)?;
    let is_wild = |name: &SubjectName| matches!(name, SubjectName::Dns(name) if name.starts_with("*."));
    let told: Vec<SubjectName> = all.by_ref().take(NAMES).collect();
    let mut more = all.peekable();
    let has_more = more.peek().is_some();
    let is_wildcard = told.iter().any(is_wild) || more.any(|name| is_wild(&name));
    Some(Names { told, has_more, is_wildcard })
}

/// Every name of the extension that can be a host's; `None` where there is no extension.
fn each<'a>(parsed: &'a X509Certificate<'_>) -> Option<impl Iterator<Item = SubjectName> + 'a> {
    let extension = parsed.subject_alternative_name().ok().flatten()?;
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(SubjectName::Dns((*name).to_owned())),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(|four| IpAddr::V4(Ipv4Addr::from(four)));
            let address = four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(|six| IpAddr::V6(Ipv6Addr::from(six))));
            address.ok().map(SubjectName::Ip)
        }
        _ => None,
    };
    Some(extension.value.general_names.iter().filter_map(name))
}

/// Whether a certificate is for a host: whether any of its names is, however many there are.
pub(in crate::tls) fn is_for(parsed: &X509Certificate<'_>, host: &str) -> bool {
    each(parsed).is_some_and(|names| fits(names, host))
}

/// Whether a host, a DNS name or an address, is one of the names. The common name never counts (RFC 9525 §6.2).
pub(super) fn fits(mut names: impl Iterator<Item = SubjectName>, host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => names.any(|name| name == SubjectName::Ip(address)),
        Err(_) => {
            let host = host.strip_suffix('.').unwrap_or(host);
            names.any(|name| matches!(name, SubjectName::Dns(name) if fits_dns(&name, host)))
        }
    }
}

/// A wildcard stands for the whole of the first label and nothing else (RFC 9525 §6.3).
fn fits_dns(name: &str, host: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    match name.strip_prefix("*.") {
        None => name.eq_ignore_ascii_case(host),
        Some(rest) if rest.contains('*') || !rest.contains('.') => false,
        Some(rest) => {
            host.split_once('.').is_some_and(|(label, parent)| !label.is_empty() && parent.eq_ignore_ascii_case(rest))
        }
    }
}
