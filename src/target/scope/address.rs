//! Special addresses: which ones never belong to a public host, and in how many spellings they come.
//!
//! Takes addresses, gives facts about them. Invariant: an IPv4 address hidden in an IPv6 one (mapped, compatible,
//! NAT64, 6to4) is judged as the IPv4 address it reaches. Must never import anything of this crate.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address itself and the IPv4 address that it embeds, if any.
pub(super) fn spellings(ip: IpAddr) -> [Option<IpAddr>; 2] {
    let embedded = match ip {
        IpAddr::V4(_) => None,
        IpAddr::V6(v6) => embedded_v4(v6).map(IpAddr::V4),
    };
    [Some(ip), embedded]
}

/// The IPv4 address inside `::ffff:0:0/96` (mapped), `::/96` (compatible), `64:ff9b::/96` and `64:ff9b:1::/48` (NAT64,
/// RFC 6052 and 8215) or `2002::/16` (6to4, RFC 3056).
fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low));
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => Some(join(g, h)),
        [0x64, 0xff9b, 1, ..] => Some(join(g, h)),
        [0, 0, 0, 0, 0, 0] if g != 0 => Some(join(g, h)),
        [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

/// Link-local addresses (RFC 3927, RFC 4291 §2.5.6) and the metadata services of clouds that live elsewhere.
pub(super) fn is_metadata(ip: IpAddr) -> bool {
    const ELSEWHERE: [Ipv4Addr; 2] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)];
    const ELSEWHERE_V6: [Ipv6Addr; 2] =
        [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];
    match ip {
        IpAddr::V4(v4) => v4.is_link_local() || ELSEWHERE.contains(&v4),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || ELSEWHERE_V6.contains(&v6),
    }
}

/// Addresses that no public host has: private, shared, loopback, unspecified, multicast, benchmarking and reserved ones
/// (RFC 6890).
pub(super) fn is_private(ip: IpAddr) -> bool {
    spellings(ip).into_iter().flatten().any(|ip| match ip {
        IpAddr::V4(v4) => is_private_v4(v4),
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.is_multicast()
                || (v6.segments()[0] & 0xffc0) == 0xfec0
        }
    })
}

fn is_private_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (b & 0xc0) == 64)
        || (a == 198 && (b & 0xfe) == 18)
        || (a == 192 && b == 0 && c == 0)
}
