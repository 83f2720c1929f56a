//! The registrable domain of a host, by the public suffix list.
//!
//! Must never import a folder above `expr`.

/// The registrable domain of a host; the host itself where it has none.
pub(in crate::predicate) fn domain(host: &str) -> &str {
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    if is_address { host } else { psl::domain_str(host).unwrap_or(host) }
}
