//! The registrable domain of a host, by the public suffix list.
//!
//! Must never import a folder above `expr`.

/// The registrable domain of a host; the host itself where it has none.
pub(in crate::predicate) fn domain(host: &str) -> &str {
    registrable(host).unwrap_or(host)
}

/// A URL's host without the brackets of an IPv6 address.
pub(in crate::predicate) fn without_brackets(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// The registrable domain of a host; `None` for an address, a single label and a public suffix.
pub fn registrable(host: &str) -> Option<&str> {
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    if is_address { None } else { psl::domain_str(host) }
}
