//! Origins: scheme, host and port (RFC 6454 §4). Design §2 calls one a *host*.
//!
//! Owns the normal form of a host name: lower case, A-labels (IDNA, UTS #46), no trailing dot, IPv6 without brackets.
//! Files have an origin of their own kind, whose host is the path that names them. Invariant: an [`Origin`] is always in
//! normal form, so equality is identity. Must never import another folder.

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The schemes that the wire speaks over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// HTTP over TCP.
    Http,
    /// HTTP over TLS.
    Https,
    /// Files on a disk: no wire speaks it, and no URL that anybody writes has it.
    File,
}

impl Scheme {
    /// The scheme's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::File => "file",
        }
    }

    /// The port that a URL of this scheme leaves out.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::File => 0,
        }
    }

    /// The scheme of that name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Http, Self::Https].into_iter().find(|scheme| scheme.name().eq_ignore_ascii_case(name))
    }
}

/// What a host's name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostKind {
    /// A DNS name.
    Name,
    /// An IPv4 or IPv6 literal.
    Ip,
}

/// A scheme, a host and a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The scheme.
    pub scheme: Scheme,
    host: Arc<str>,
    /// The port, the default one included.
    pub port: u16,
    /// The scheme of the protocol that is upgraded to TLS there, where it was named by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upgraded: Option<Arc<str>>,
}

impl Origin {
    /// An origin of a host in any spelling; `None` where the host is not a valid name or address.
    pub fn new(scheme: Scheme, host: &str, port: u16) -> Option<Self> {
        Some(Self { scheme, host: normal_host(host)?.into(), port, upgraded: None })
    }

    /// The same, named by the scheme of the protocol that is upgraded to TLS there; another origin than without it.
    pub fn upgraded_from(self, scheme: &str) -> Self {
        Self { upgraded: Some(scheme.into()), ..self }
    }

    /// The origin of a URL; `None` where it is not HTTP.
    pub fn of_url(url: &url::Url) -> Option<Self> {
        Self::new(Scheme::parse(url.scheme())?, url.host_str()?, url.port_or_known_default()?)
    }

    /// The place of files that were named by this path: everything that is read below it.
    pub fn files(path: &str) -> Self {
        Self { scheme: Scheme::File, host: path.into(), port: Scheme::File.default_port(), upgraded: None }
    }

    /// Whether it stands for files rather than a host.
    pub fn is_files(&self) -> bool {
        self.scheme == Scheme::File
    }

    /// The host in normal form; an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address, where the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether the host is a name or an address.
    pub fn kind(&self) -> HostKind {
        if self.ip().is_some() { HostKind::Ip } else { HostKind::Name }
    }

    /// Whether the host is this machine: a loopback address or `localhost` (RFC 6761 §6.3).
    pub fn is_loopback(&self) -> bool {
        match self.ip() {
            Some(ip) => ip.to_canonical().is_loopback(),
            None => self.host() == "localhost" || self.host().ends_with(".localhost"),
        }
    }

    /// Whether browsers let it set and get `Secure` cookies: HTTPS, or a developer's machine.
    pub fn is_trustworthy(&self) -> bool {
        self.scheme == Scheme::Https || self.is_loopback()
    }

    /// The host as URLs and `Host` fields write it: IPv6 in brackets.
    pub fn url_host(&self) -> String {
        if self.host.contains(':') && !self.is_files() { format!("[{}]", self.host) } else { self.host.to_string() }
    }

    /// Host and, unless it is the scheme's default, port: the `Host` field's value (RFC 9110 §7.2).
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            self.url_host()
        } else {
            format!("{}:{}", self.url_host(), self.port)
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(scheme) = &self.upgraded {
            return write!(f, "{scheme}://{}:{}", self.url_host(), self.port);
        }
        match self.scheme {
            Scheme::File => f.write_str(&self.host),
            Scheme::Http | Scheme::Https => write!(f, "{}://{}", self.scheme.name(), self.authority()),
        }
    }
}

fn normal_host(host: &str) -> Option<String> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Some(ip.to_string());
    }
    if let Ok(url::Host::Ipv4(ip)) = url::Host::parse(host) {
        return Some(ip.to_string());
    }
    let name = idna::domain_to_ascii(bare).ok()?;
    let name = name.strip_suffix('.').unwrap_or(&name);
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    (name.len() <= 253 && name.split('.').all(label_ok)).then(|| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_has_one_form() {
        let origin = |host: &str, port| Origin::new(Scheme::Https, host, port).map(|o| o.to_string());
        assert_eq!(origin("BÜCHER.example.", 443).as_deref(), Some("https://xn--bcher-kva.example"));
        assert_eq!(origin("[2001:DB8::1]", 8443).as_deref(), Some("https://[2001:db8::1]:8443"));
        assert_eq!(origin("0x7f000001", 443).as_deref(), Some("https://127.0.0.1"));
        let mail = Origin::new(Scheme::Https, "::1", 443).map(|origin| origin.upgraded_from("smtp").to_string());
        assert_eq!(mail.as_deref(), Some("smtp://[::1]:443"));
        assert_eq!(origin("a b", 443), None);
        assert_eq!(origin("", 443), None);
        assert!(Origin::new(Scheme::Http, "::ffff:127.0.0.1", 80).is_some_and(|o| o.is_loopback()));
    }
}
