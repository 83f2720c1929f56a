//! A resolver as users write it.
//!
//! Invariant: it is an address, never a name, so that nothing is looked up to look something up. Must never import `cli`.

use std::net::{IpAddr, SocketAddr};

use super::value::FromText;

/// The port of DNS (RFC 1035 §4.2).
const PORT: u16 = 53;

/// A resolver: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nameserver(pub SocketAddr);

impl FromText for Nameserver {
    fn from_text(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let bare = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let whole = bare.map(|ip| SocketAddr::new(ip, PORT)).or_else(|_| text.parse());
        whole.map(Self).map_err(|_| format!("`{text}` is no address; write 192.0.2.53 or [2001:db8::53]:53"))
    }

    fn text(&self) -> String {
        self.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_are_addresses_with_or_without_a_port() {
        let read = |text: &str| Nameserver::from_text(text).map(|server| server.text());
        assert_eq!(read("192.0.2.53").as_deref(), Ok("192.0.2.53:53"));
        assert_eq!(read("127.0.0.1:5353").as_deref(), Ok("127.0.0.1:5353"));
        assert_eq!(read("2001:db8::53").as_deref(), Ok("[2001:db8::53]:53"));
        assert_eq!(read("[::1]:53").as_deref(), Ok("[::1]:53"));
        assert!(read("dns.example").is_err() && read("").is_err() && read("192.0.2.1:x").is_err());
    }
}
