//! The host of a source expression (CSP3 §2.3.1, `host-source`).
//!
//! Invariant: linear in its input. Must never import a folder of this crate but `base`.

/// A host source, its parts as written.
pub(super) struct HostSource<'a> {
    pub scheme: Option<&'a [u8]>,
    pub host: &'a [u8],
    pub port: Option<&'a [u8]>,
    pub path: Option<&'a [u8]>,
}

impl<'a> HostSource<'a> {
    /// The parts of a text that is a host source.
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let split = memchr::memmem::find(text, b"://").and_then(|at| text.split_at_checked(at));
        let (scheme, rest) = match split.filter(|(scheme, _)| is_scheme(scheme)) {
            Some((scheme, rest)) => (Some(scheme), rest.get(3..)?),
            None => (None, text),
        };
        let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (host, port) = match memchr::memchr(b':', authority).and_then(|at| authority.split_at_checked(at)) {
            Some((host, port)) => (host, Some(port.get(1..)?)),
            None => (authority, None),
        };
        let is_port = |port: &[u8]| port == b"*" || (!port.is_empty() && port.iter().all(u8::is_ascii_digit));
        // Browsers drop a query or fragment with a warning.
        let path = path.split(|byte| matches!(byte, b'?' | b'#')).next().filter(|path| !path.is_empty());
        (is_host(host) && port.is_none_or(is_port)).then_some(Self { scheme, host, port, path })
    }
}

/// Whether a text is a scheme (RFC 3986 §3.1).
pub(super) fn is_scheme(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
}

/// `*`, or labels with dots between, the first of which may be `*`. Browsers take an underscore for a letter.
fn is_host(host: &[u8]) -> bool {
    let labels = host.strip_prefix(b"*.").unwrap_or(host);
    let labels = labels.strip_suffix(b".").unwrap_or(labels);
    let fits = |label: &[u8]| !label.is_empty() && label.iter().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b));
    host == b"*" || labels.split(|byte| *byte == b'.').all(fits)
}

/// `name`, `ip`, or `local` where it is the visitor's own machine.
pub(super) fn host_kind(host: &str) -> &'static str {
    let address = host.parse::<std::net::Ipv4Addr>().ok();
    let is_local_name = host == "localhost" || host.ends_with(".localhost");
    match address {
        Some(address) if address.is_loopback() => "local",
        Some(_) => "ip",
        None if is_local_name => "local",
        None => "name",
    }
}
