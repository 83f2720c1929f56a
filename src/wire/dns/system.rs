//! The resolvers that the system uses.
//!
//! Invariant: a file that cannot be read names none; nothing is asked here. Must never open a socket.

use std::fs::File;
use std::net::{IpAddr, SocketAddr};

use crate::base::capped::{Capped, read_all};

/// Where the resolvers are named (resolv.conf(5)).
const FILE: &str = "/etc/resolv.conf";
/// Bytes of the file.
const MAX_FILE: usize = 64 << 10;
/// Resolvers that are used.
const MOST: usize = 3;

/// The resolvers of this machine, in their order.
pub(in crate::wire) fn system_resolvers() -> Vec<SocketAddr> {
    match File::open(FILE).and_then(|file| read_all(file, MAX_FILE)) {
        Ok(Capped::Whole(bytes)) => named(&String::from_utf8_lossy(&bytes)),
        Ok(Capped::TooLong) | Err(_) => Vec::new(),
    }
}

fn named(text: &str) -> Vec<SocketAddr> {
    let server = |line: &str| {
        let mut words = line.split_whitespace();
        let address = (words.next() == Some("nameserver")).then(|| words.next()).flatten()?;
        let address = address.split('%').next().unwrap_or(address);
        Some(SocketAddr::new(address.parse::<IpAddr>().ok()?, 53))
    };
    text.lines().filter_map(server).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nameservers_are_read_and_everything_else_is_passed_over() {
        let text = "# us\nsearch a.example\nnameserver 192.0.2.1\n nameserver  2001:db8::1%eth0 ; x\nnameserver x\n";
        let shown: Vec<String> = named(text).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["192.0.2.1:53", "[2001:db8::1]:53"]);
    }
}
